"""What a make-believe tenant holds, with no knowledge of HTTP."""
