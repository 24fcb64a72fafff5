#!/bin/sh
# get.sh [PREFIX]: HTCondor into a private prefix, by default build/condor of this checkout.
#
# Debian 12 has no HTCondor, its next release has. That package and the libraries it links to are unpacked, not
# installed, and the programs are told by patchelf to take loader and libraries from the prefix: no root, no chroot,
# nothing of the machine is changed. About half a minute and 95 MB; nothing at all when it is there already.
# The prefix is bound to its path, since a loader's path is absolute.
set -eu

suite=${CONDOR_SUITE:-trixie}
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-$here/../../../build/condor}
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
stamp="$suite $prefix"
ready() { [ "$(cat "$prefix/ready" 2>/dev/null)" = "$stamp" ]; }

ready && exit 0
[ -z "$(ls -A "$prefix")" ] || [ -e "$prefix/ours" ] || { echo "get.sh: $prefix is not empty, and not HTCondor's" >&2; exit 1; }
for program in apt-get dpkg patchelf unshare flock; do
    command -v "$program" >/dev/null || { echo "get.sh: $program is missing" >&2; exit 1; }
done
exec 9>"$prefix.lock"
flock 9
ready && exit 0

# The mirror that this machine already uses: the first source of packages of its own release.
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$1 == release { print $2; exit }')
[ -n "$mirror" ] || { echo "get.sh: apt has no source of packages for '$release'" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources" "$work/preferences" "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
cat >"$work/sources/next.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES

# Its own lists, cache and an empty status: the machine's apt is neither read nor changed, but for proxies and the like.
private_apt() {
    apt-get -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources" \
        -o Dir::Etc::preferencesparts="$work/preferences" -o Dir::State::lists="$work/lists" \
        -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root -o Debug::NoLocking=1 -qq "$@"
}
private_apt update
private_apt --no-install-recommends --download-only -y install condor >/dev/null

# The libraries are needed, python, perl and the rest of what the package depends on are not.
find "$prefix" -mindepth 1 -delete
: >"$prefix/ours"
for package in "$work"/cache/archives/*.deb; do
    case ${package##*/} in
        condor_* | lib* | zlib1g_*) dpkg -x "$package" "$prefix" ;;
    esac
done
for library in "$prefix"/usr/lib/*-linux-gnu*; do :; done
rm -rf "$prefix/etc" "$prefix/var" "$prefix"/usr/lib/python3* "$library"/perl* "$library/gconv"
for unused in doc man locale lintian javascript; do rm -rf "$prefix/usr/share/$unused"; done

loader=
for candidate in "$library"/ld-linux*.so.*; do loader=$candidate; done
is_program() { [ "$(head -c 4 "$1" | od -An -c | tr -d ' ')" = '177ELF' ]; }
{
    find "$prefix/usr/bin" "$prefix/usr/sbin" "$prefix/usr/libexec/condor" -type f
    find "$prefix/usr/lib" -maxdepth 1 -type f -name '*.so*'
} | while read -r file; do
    is_program "$file" || continue
    if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
        patchelf --set-interpreter "$loader" "$file"
    fi
    patchelf --print-rpath "$file" >/dev/null 2>&1 || continue # statically linked
    patchelf --force-rpath --set-rpath "$library:$prefix/usr/lib:$prefix/usr/lib/condor" "$file"
done
chmod -R a+rX "$prefix"
echo "$stamp" >"$prefix/ready"
