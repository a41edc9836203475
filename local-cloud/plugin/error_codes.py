"""Codes of errors that any service may answer with, beside those that its model declares for an operation."""

from __future__ import annotations

# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and the same as JSON services spell them.
_COMMON = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InternalFailure",
        "InternalServerError",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MalformedInput",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SerializationException",
        "ServiceUnavailable",
        "SignatureDoesNotMatch",
        "SubscriptionRequiredException",
        "Throttling",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException",
    }
)

# S3's model declares next to none: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3 = frozenset(
    {
        "BucketAlreadyExists",
        "BucketAlreadyOwnedByYou",
        "BucketNotEmpty",
        "InternalError",
        "InvalidArgument",
        "InvalidBucketName",
        "InvalidRange",
        "InvalidRequest",
        "MalformedPolicy",
        "MalformedXML",
        "MethodNotAllowed",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchKey",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "NoSuchUpload",
        "NoSuchVersion",
        "NotImplemented",
        "OperationAborted",
        "PreconditionFailed",
        "ServerSideEncryptionConfigurationNotFoundError",
        "SlowDown",
    }
)


def known_code(model: str, code: str) -> bool:
    """Whether a service may answer with this code though no operation's model has it."""
    return code in _COMMON or (model == "s3" and code in _S3)
