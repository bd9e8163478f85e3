"""What a model server's process finds in its environment, and what a model may not put there.

A model's Environment comes with a request. In a container it is harmless; in a process of this machine some variables
are code: they name what a loader, an interpreter or a program's helper runs.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INHERITED = re.compile(
    "PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|CONDA_PREFIX|"
    "LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|DYLD_FALLBACK_LIBRARY_PATH|CUDA_VISIBLE_DEVICES|CUDA_HOME|NVIDIA_.*|"
    "SSL_CERT_FILE|SSL_CERT_DIR|JAVA_HOME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|NUMBER_OF_PROCESSORS"
)
"""The host's variables that reach a model server: where programs are and how text is written, and no credentials."""

_NO_CREDENTIALS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "BOTO_CONFIG": os.devnull,
}
"""Keeps SDKs in a model server from the host's credentials: its files, and its metadata service."""

_HARMLESS = re.compile(
    "PYTHON(UNBUFFERED|DONTWRITEBYTECODE|IOENCODING|UTF8|HASHSEED|FAULTHANDLER|MALLOC|TRACEMALLOC|NOUSERSITE|"
    "OPTIMIZE|DEVMODE|ASYNCIODEBUG)"
)
_STEERING = re.compile(
    # The dynamic loaders and the C library.
    "LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*|RES_OPTIONS|HOSTALIASES|LOCALDOMAIN|"
    # Where programs, settings and temporary files are found.
    "PATH|PATHEXT|COMSPEC|SHELL|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|XDG_.*|TMPDIR|TEMP|TMP|TERMINFO.*|CDPATH|PWD|"
    # Shells.
    "ENV|BASH_.*|BASHOPTS|SHELLOPTS|PS[0-4]|PROMPT_COMMAND|IFS|ZDOTDIR|FPATH|"
    # Interpreters and run times.
    "PYTHON.*|VIRTUAL_ENV|CONDA_.*|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*|NODE_.*|NPM_.*|DENO_.*|BUN_.*|LUA_.*|PHP.*|JAVA_.*|"
    "_JAVA_OPTIONS|JDK_.*|JRE_.*|CLASSPATH|MAVEN_.*|GRADLE_.*|DOTNET_.*|COMPLUS_.*|CORECLR_.*|COR_.*|R_.*|JULIA_.*|"
    "ERL_.*|ELIXIR_.*|GHC.*|GO.*FLAGS|GODEBUG|RUSTC.*|RUSTFLAGS|TCL.*|GUILE_.*|"
    # Helpers that programs start, and libraries that they load when told to.
    "BROWSER|EDITOR|VISUAL|PAGER|MANPAGER|LESS.*|GIT_.*|SSH_.*|SUDO_.*|OPENSSL_.*|SSL_CERT_.*|SSLKEYLOGFILE|"
    "CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|NETRC|GTK_.*|QT_.*|GIO_.*|GST_.*|VK_.*|LIBGL_.*|OCL_ICD_.*|OPENCL_.*|"
    "OMP_TOOL.*|CUDA_INJECTION64_PATH|NVTX_.*|NCCL_(NET|TUNER|PROFILER)_PLUGIN|KMP_.*TOOL.*|PROJ_.*|GDAL_.*|"
    # Where credentials come from.
    "AWS_(CONFIG_FILE|SHARED_CREDENTIALS_FILE|PROFILE|DEFAULT_PROFILE|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|"
    "EC2_METADATA_.*|CREDENTIAL_FILE|LOGIN_.*)|BOTO_CONFIG|DOCKER_.*|KUBECONFIG|GOOGLE_APPLICATION_CREDENTIALS|"
    # What this service says itself.
    "SAGEMAKER_BIND_TO_PORT|SM_MODEL_DIR|AIOSAGEMAKER_.*",
    re.IGNORECASE,
)


def steering(environment: Mapping[str, str], allowed: Iterable[str] = ()) -> list[str]:
    """The variables of a model that steer loaders, interpreters and the like, and are not `allowed` by name."""
    named = frozenset(allowed)
    return [
        name
        for name in environment
        if name not in named and _STEERING.fullmatch(name) and not _HARMLESS.fullmatch(name)
    ]


def process_environment(
    model: Mapping[str, str], *, host: Mapping[str, str], inherit: Iterable[str] = ()
) -> dict[str, str]:
    """What a model server's process is given: the model's own variables over the few of the host's.

    `inherit` names further variables of the host.
    """
    named = frozenset(inherit)
    kept = {name: value for name, value in host.items() if name in named or INHERITED.fullmatch(name.upper())}
    return {**_NO_CREDENTIALS, **kept, **model}
