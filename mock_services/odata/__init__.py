"""OData query options into SQL: read, checked and translated, with no knowledge of HTTP or of any one service."""
