"""What the register promises of what it keeps from whom, each promise a figure: short in CI, long with `--nightly`."""
