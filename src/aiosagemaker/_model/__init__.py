"""botocore's service models become the rows that aiosagemaker runs on."""
