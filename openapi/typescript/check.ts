// Drives a running tasks service through the generated types: node check.js URL. Prints one JSON object of what it saw.
import createClient from "openapi-fetch";
import type { paths } from "./tasks.js";

const server = process.argv[2];
if (server === undefined) throw new Error("Usage: node check.js URL");
const api = createClient<paths>({ baseUrl: server });

const machine = { idc: "dc1", sn: "TS-001" };
const created = await api.POST("/api/v1/tasks", { body: { ...machine, mac: "52:54:00:00:7a:01", os_type: "Debian 12", tags: ["typescript"] } });
const again = await api.POST("/api/v1/tasks", { body: { ...machine, mac: "52:54:00:00:7a:01", os_type: "Debian 12" } });
const wrong = await api.POST("/api/v1/tasks", { body: { idc: "dc1", sn: "", mac: "nothing", os_type: "Debian 12" } });
const approved = await api.POST("/api/v1/tasks/{idc}/{sn}/approve", { params: { path: machine }, body: { notes: "审批通过" } });
const page = await api.GET("/api/v1/tasks", { params: { query: { tag: "typescript", limit: 10 } } });
const absent = await api.GET("/api/v1/tasks/{idc}/{sn}", { params: { path: { idc: "dc1", sn: "no-such" } } });

console.log(JSON.stringify({
  created: created.response.status,
  status: created.data?.status,
  again: again.error?.code,
  wrong_fields: Object.keys(wrong.error?.errors ?? {}).sort(),
  approved: approved.data?.status,
  notes: approved.data?.approval?.notes,
  total: page.data?.total,
  first: page.data?.items[0]?.sn,
  absent: absent.error?.title,
}));
