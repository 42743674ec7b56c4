"""`python -m loyalty.cli`, for the processes that `loyalty up` starts."""

from loyalty.cli import main

main(prog_name="loyalty")
