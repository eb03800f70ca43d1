#!/bin/sh
# Makes a Python environment for the trainer in WORKDIR/venv, on top of what the interpreter has; what is there is not made again.
#   bootstrap.sh WORKDIR PYTHON WHEELS INDEX PACKAGE…   WHEELS: a folder, nothing is downloaded then; INDEX: of packages; - for neither
W=$1 BASE=$2 WHEELS=$3 INDEX=$4
shift 4
V=$W/venv
say() { printf '== %s\n' "$*"; }
fail() { printf '%s\n' "$*"; exit 4; }
# All of it is shown, in its order.
exec 2>&1

mkdir -p "$W" && cd "$W" || exit 1
if command -v flock >/dev/null; then
	exec 9>venv.lock
	flock -n 9 || fail "another one is at work in $W"
fi
case $BASE in "~/"*) BASE=$HOME/${BASE#"~/"} ;; esac
# It may be a command with options.
$BASE -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "$BASE is no Python of version 3.10 or later"
if [ -x "$V/bin/python" ] && "$V/bin/python" -c pass 2>/dev/null; then
	say "$V is there"
else
	rm -rf "$V"
	if command -v uv >/dev/null; then
		say "uv venv $V"
		uv venv --system-site-packages --python "$($BASE -c 'import sys; print(sys.executable)')" "$V" || exit 1
	else
		say "$BASE -m venv $V"
		$BASE -m venv --system-site-packages "$V" || {
			# Debian has venv and pip in packages of their own.
			say "without a pip of its own"
			rm -rf "$V"
			$BASE -m venv --system-site-packages --without-pip "$V" || fail "$BASE cannot make an environment: apt-get install python3-venv, or install uv"
		}
	fi
fi
# What the interpreter has is good enough; uv would not look there.
missing=$("$V/bin/python" - "$@" <<'END'
import re, sys
from importlib.metadata import PackageNotFoundError, version
for package in sys.argv[1:]:
    try:
        if not re.fullmatch(r"[\w.-]+", package): raise PackageNotFoundError
        print("==", package, version(package), "is there", file=sys.stderr)
    except PackageNotFoundError:
        print(package)
END
) || exit 1
if [ -n "$missing" ]; then
	# A package's name and its conditions hold no blank.
	set -- $missing
	[ "$INDEX" = - ] || set -- --index-url "$INDEX" "$@"
	[ "$WHEELS" = - ] || set -- --no-index --find-links "$WHEELS" "$@"
	if command -v uv >/dev/null; then
		say "uv pip install $*"
		uv pip install --python "$V/bin/python" "$@" || exit 1
	elif "$V/bin/python" -m pip --version >/dev/null 2>&1; then
		say "pip install $*"
		"$V/bin/python" -m pip install --disable-pip-version-check --no-input "$@" || exit 1
	else
		fail "there is no pip for $V: apt-get install python3-pip, or install uv"
	fi
fi
say "import torch, numpy"
"$V/bin/python" -c 'import platform, numpy, torch
print("Python", platform.python_version(), "torch", torch.__version__, "numpy", numpy.__version__, "CUDA devices", torch.cuda.device_count() if torch.cuda.is_available() else 0)'
