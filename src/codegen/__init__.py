"""Reads botocore's service models and writes what aiosagemaker is generated from. Not shipped in the wheel."""
