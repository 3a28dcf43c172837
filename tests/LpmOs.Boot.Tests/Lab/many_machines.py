# Asks as so many PXE ROMs within a second, each again after 4, 8 and 16 seconds as ROMs do (PXE specification 2.1, section 2.2.1), until all have an address of their own.
# Arguments: how many, number of the first (0). Prints: how many have an address, how many different ones, how many needed to ask only once, seconds until the last, the first three addresses.
import random, select, socket, struct, sys, time
count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, 25, b'c0\0')
s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
s.bind(('', 68))
def message(n, kind, options=b''):
    return (struct.pack('!BBBBIHH', 1, 1, 6, 0, n, 0, 0x8000) + bytes(16) + bytes([2, 0, 0, 1, (n + first) >> 8, (n + first) & 255]) + bytes(202) + b'\x63\x82\x53\x63'
            + bytes([53, 1, kind]) + b'\x3c\x20PXEClient:Arch:00000:UNDI:002001' + b'\x5d\x02\0\0' + options + b'\xff')
def options(p):
    found, i = {}, 240
    while i < len(p) and p[i] != 255:
        if p[i] == 0: i += 1; continue
        found[p[i]] = p[i + 2:i + 2 + p[i + 1]]; i += 2 + p[i + 1]
    return found
offers, acks, asked, sent = {}, {}, {}, 0
start = time.monotonic()
while len(acks) < count and time.monotonic() - start < 100:
    now = time.monotonic()
    while sent < count and sent / count <= now - start:
        s.sendto(message(sent, 1), ('255.255.255.255', 67)); asked[sent] = [now, 4]; sent += 1
    for n in [n for n in asked if n not in acks and now - asked[n][0] > asked[n][1]]:
        s.sendto(offers.get(n) or message(n, 1), ('255.255.255.255', 67)); asked[n] = [now, asked[n][1] * 2]
    while select.select([s], [], [], 0.001)[0]:
        p = s.recv(2048); n = struct.unpack('!I', p[4:8])[0]; o = options(p); address = socket.inet_ntoa(p[16:20])
        if o[53] == b'\x02' and n not in offers:
            offers[n] = message(n, 3, b'\x32\x04' + p[16:20] + b'\x36\x04' + o[54]); s.sendto(offers[n], ('255.255.255.255', 67))
        elif o[53] == b'\x05': acks[n] = address
print(len(acks), len(set(acks.values())), sum(1 for n in asked if asked[n][1] == 4), f'{time.monotonic() - start:.2f}', ' '.join(sorted(set(acks.values()))[:3]))
