# Sourced: Debian packages by way of an apt state of our own, so that neither root nor a change to the machine is needed.
# The mirror is the one in the machine's own apt sources; MIRROR=http://… overrides it.
# architecture=arm64 takes the packages of another processor, into folders of their own.
cache=${CACHE:-$PWD/.cache}
apt=$cache/apt${architecture:+-$architecture}
packages=$cache/packages${architecture:+-$architecture}
apt_options() {
  printf -- '-o\nDir::State::Lists=%s\n-o\nDir::Cache=%s\n-o\nDebug::NoLocking=true\n-o\nAPT::Sandbox::User=\n-qq\n' "$apt/lists" "$apt"
  [ -z "${architecture:-}" ] || printf -- '-o\nAPT::Architecture=%s\n-o\nAPT::Architectures::=%s\n-o\nDir::State::status=/dev/null\n' "$architecture" "$architecture"
}

# The machine's Debian mirror of bookworm, without a slash at the end.
debian_mirror() {
  if [ -n "${MIRROR:-}" ]; then echo "$MIRROR"; return; fi
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "bookworm" && $3 == "main" && !found { sub("/$", "", $1); print $1; found = 1 }
      END { if (!found) { print "No apt source of this machine has Debian bookworm main: set MIRROR to the URL of a Debian mirror." > "/dev/stderr"; exit 1 } }'
}
debian_security_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "bookworm-security" && $3 == "main" && !found { sub("/$", "", $1); print $1; found = 1 }'
}

apt_update() {
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources.d"
  mirror=$(debian_mirror)
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  {
    echo "deb [signed-by=$keyring] $mirror bookworm main"
    security=$(debian_security_mirror)
    [ -z "$security" ] || echo "deb [signed-by=$keyring] $security bookworm-security main"
  } > "$apt/sources.d/main.list"
  echo "deb [signed-by=$keyring] $mirror bookworm non-free-firmware" > "$apt/sources.d/firmware.list"
  apt_own apt-get update 2> "$apt/update.log" && return
  rm "$apt/sources.d/firmware.list"
  apt_own apt-get update
}

# apt-get or apt-cache with our own lists and sources.
apt_own() {
  local program=$1
  shift
  "$program" $(apt_options) -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/sources.d" "$@"
}

# Downloads and unpacks a package once; prints the directory. A meta package (linux-image-amd64) stands for what it depends on.
unpack_package() {
  local package=$1 real directory
  directory=$packages/$package
  if [ -z "${REFRESH:-}" ] && [ -f "$directory/.complete" ]; then echo "$directory"; return; fi
  [ -n "${apt_updated:-}" ] || { apt_update >&2; }
  real=$package
  case $package in linux-image-amd64 | linux-image-arm64) real=$(apt_own apt-cache depends "$package" | awk '/Depends: linux-image-/ && !found { print $2; found = 1 }') ;; esac
  [ -n "$real" ] || return 1
  rm -rf "$directory" "$directory.deb"
  mkdir -p "$directory" "$directory.deb"
  (cd "$directory.deb" && apt_own apt-get download "$real" > /dev/null 2>&1) || { rm -rf "$directory" "$directory.deb"; return 1; }
  dpkg-deb -x "$directory.deb"/*.deb "$directory"
  basename "$directory.deb"/*.deb > "$directory/.complete"
  rm -rf "$directory.deb"
  echo "$directory"
}
