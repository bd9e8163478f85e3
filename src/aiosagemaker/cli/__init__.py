"""The command line: the AWS CLI's `sagemaker` and `sagemaker-runtime` commands, by this library."""
