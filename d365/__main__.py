"""`python -m d365` is `d365`."""

from d365.cli import main

main()
