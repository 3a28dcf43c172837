# LpmOs: the disks that the plan means, by ESXi's names of them; there must be one. And all that ESXi sees, in words.
# The host's daemon, which esxcli asks, does not run within the installer.
def said(command):
    return os.popen(command + " 2> /dev/null").read()
# A t10 name has every byte that is no letter or digit in hexadecimal, "WD2DWCAS…" for "WD-WCAS…", and spaces as underscores.
def t10(text):
    return "".join(c if c.isalnum() else "_" if c == " " else "%02X" % ord(c) for c in text)
def nvme_serial(adapter):
    found = re.search(r"^\s*Serial Number: *(.*?)\s*$", said("localcli nvme device get -A " + adapter), re.M)
    return found.group(1) if found else None
def planned():
    serial, identifier = {{ (disk.serial ?? "") | quote.json }}, {{ (disk.wwn ?? "") | quote.json }}.split(".")[-1]
    # Of an NVMe disk with an EUI-64 the name ends with it, from its last byte to its first.
    words = [word.lower() for word in (identifier, "".join(re.findall("..", identifier)[::-1]), t10(serial)) if word]
    adapters = dict(re.findall(r"^ +Device: (\S+)$(?:\n +.*)*?\n +Adapter: (\S+)$", said("localcli storage core path list"), re.M))
    fit, seen = [], []
    for part in re.split(r"\n(?=\S)", said("localcli storage core device list")):
        name, fields = part.split("\n")[0].strip().rstrip(":"), dict(re.findall(r"^\s+([A-Z][\w ]*): *(.*?)\s*$", part, re.M))
        if not fields.get("Device Type", "").startswith("Direct-Access"):
            continue
        # Whole MiB.
        size = int(fields.get("Size") or 0) * 1048576
        names = (name + " " + fields.get("Other UIDs", "")).lower()
        named = not words or any(word in names for word in words) or bool(serial) and name in adapters and nvme_serial(adapters[name]) == serial
        seen.append("%s, %d MiB" % (name, size // 1048576))
        if named and abs(size - {{ disk.size_bytes }}) < 2097152:
            fit.append(name)
    return fit, seen
