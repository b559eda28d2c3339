"""The one query model into SQL under the caller's reach, and its rows into answers."""
