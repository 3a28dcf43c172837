"""The switch that a machine with a bond is plugged into. The kernel that the lab runs on need have neither bonding nor VLANs.

switch.py VLAN PORT...   speaks LACP (IEEE 802.1AX 6.4.2) on the ports, and makes two taps: trunk, to be put into the bridge,
and vlan, on which the frames of that VLAN come and go without their tag (IEEE 802.1Q 9.6).
"""
import fcntl, os, selectors, socket, struct, sys

SLOW_PROTOCOLS = 0x8809
GROUP = bytes.fromhex("0180c2000002")
SYSTEM = bytes.fromhex("0200000000aa")
STATE = 0x3D  # active, aggregates, in sync, collects, distributes


def tap(name):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
    return tun


def answer(frame, number):
    """The partner's side of a LACPDU: who it is, and what it heard."""
    actor = frame[18:33]
    own = struct.pack("!H6sHHHB", 0x8000, SYSTEM, 1, 0x8000, number, STATE)
    return (GROUP + SYSTEM + struct.pack("!HBB", SLOW_PROTOCOLS, 1, 1) + b"\1\x14" + own + bytes(3) + b"\2\x14" + actor + bytes(3)
            + b"\3\x10" + bytes(14) + bytes(52))


tag = struct.pack("!HH", 0x8100, int(sys.argv[1]))
trunk, vlan = tap("trunk"), tap("vlan")
waiting = selectors.DefaultSelector()
waiting.register(trunk, selectors.EVENT_READ, None)
waiting.register(vlan, selectors.EVENT_READ, None)
for number, name in enumerate(sys.argv[2:], 1):
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(SLOW_PROTOCOLS))
    port.bind((name, SLOW_PROTOCOLS))
    waiting.register(port, selectors.EVENT_READ, number)
print("switch ready", flush=True)
while True:
    for key, _ in waiting.select():
        try:
            if key.data:
                frame, source = key.fileobj.recvfrom(2048)
                # Type 4: what we sent ourselves. A LACPDU is of subtype 1.
                if source[2] != 4 and len(frame) >= 124 and frame[14] == 1:
                    key.fileobj.send(answer(frame, key.data))
            elif key.fd == trunk:
                frame = os.read(trunk, 65536)
                if frame[12:14] == tag[:2] and (frame[14] & 15, frame[15]) == (tag[2], tag[3]):
                    os.write(vlan, frame[:12] + frame[16:])
            else:
                frame = os.read(vlan, 65536)
                os.write(trunk, frame[:12] + tag + frame[12:])
        except OSError as e:
            # A port that is down, as when its cable was pulled.
            print(f"switch: {key.data or key.fd}: {e}", flush=True)
