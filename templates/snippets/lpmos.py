# LpmOs: how this installer reports. The Python of ESXi's installer.
import json, os, re, time
try:
    from urllib.request import Request, urlopen
except ImportError:
    from urllib2 import Request, urlopen
URL, TOKEN, SN, TASK, ATTEMPT = {{ regional_url + "/api/v1/" | quote.json }}, {{ token | quote.json }}, {{ machine.serial | quote.json }}, {{ task.id | quote.json }}, {{ task.attempt }}
# The site's own authorities, and no others; else those of this system.
TRUST = None
if URL.startswith("https:"):
    import ssl
    TRUST = ssl.create_default_context({{ if ca_pem }}cadata=u{{ ca_pem | quote.json }}{{ end }})
# ESXi's firewall lets nothing out to ports that it does not know: it is off for the length of a call.
def firewall(enabled):
    os.system("localcli network firewall set --enabled %s > /dev/null 2>&1" % enabled)
def call(url, body):
    closed = "Enabled: true" in os.popen("localcli network firewall get 2> /dev/null").read()
    try:
        if closed:
            firewall("false")
        return json.loads(urlopen(Request(url, json.dumps(body).encode(), {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}), timeout=30, context=TRUST).read().decode())
    except Exception as e:
        print("LpmOs: %s: %s" % (url, e))
        return None
    finally:
        if closed:
            firewall("true")
def say(path, body):
    return call(URL + path, dict(body, sn=SN, task_id=TASK, attempt=ATTEMPT)) or {}
def progress(step, percent, message):
    say("progress", {"step": step, "percent": percent, "message": message})
def completed(operation, success, more):
    for pause in (1, 2, 4, 8, 15, 30, 30, 30):
        if say("operations/next", {"completed": dict(more, operation=operation, success=success)}).get("operation"):
            return
        time.sleep(pause)
def end():
    completed("os_install", True, {"message": "The installer has ended"})
    completed("reboot", True, {"message": "Restarting into the new system"})
def fail(code, message):
    completed("os_install", False, {"code": code, "message": message[:1000]})
