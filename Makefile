# LpmOs. `make help` lists what there is. Settings: LPMOS_* in the environment, as in the services' configuration.
IDC ?= dc1
export LPMOS_Idc ?= $(IDC)
SERVICE = build/run-service.sh

.PHONY: help build bench twins bench-boot demo test e2e bench-page screens run run-regional run-boot run-agent run-standalone start-etcd stop-etcd \
	boot-image check-boot-image sample-image openapi sbom vulnerable page prerequisites clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bench-boot: ## the boot service's files against nginx in alternation, and its scripts for 10,000 machines
	@TARGET=boot build/bench.sh

demo: ## a virtual server that network-boots and waits for its task; AUTO=1 installs it and ends
	@build/demo.sh

test: ## every unit test and the end-to-end cases (a) and (b)
	@build/test.sh

e2e: ## the end-to-end tests in virtual machines, all of them
	@build/e2e.sh

bench: ## what is fast and what is not, beside what a user would take instead; docs/bench (TARGET="layout etcd-client control-plane boot install image discovery page hot-paths start", LONG=1)
	@build/bench.sh

twins: ## a fleet of N=1000 machines speaking the real protocols from DHCP to the first boot, N="100 300 1000" for the curve (ARGS="--loss 2 --crashes 5 --power-cuts 5"); needs root
	@build/twins.sh

bench-page: ## the page's figures: paint, changes on the screen, scrolling 100,000 rows, 200 open pages
	@TARGET=page build/bench.sh

screens: page ## docs/screens, the pictures of every page (ONLY=approve: those whose names begin so)
	@build/page-figures.sh "Pictures.PictureTests.Take*"

build: page ## the whole solution, and the page
	dotnet build LpmOs.sln --nologo -v q

run: ## the tasks service, against etcd
	@$(SERVICE) Tasks

run-regional: ## the regional service of IDC=dc1, against etcd
	@$(SERVICE) Regional

run-boot: ## the boot service of IDC=dc1, against etcd
	@$(SERVICE) Boot

run-agent: ## the agent on this host, without touching a disk (ARGS=--dry-run)
	@$(SERVICE) Agent $(or $(ARGS),--dry-run)

run-standalone: ## the three services in one process, with a store of its own
	@$(SERVICE) Standalone

start-etcd: ## an etcd on 127.0.0.1:2379, data in data/etcd
	@build/etcd.sh start

stop-etcd: ## ends it
	@build/etcd.sh stop

boot-image: ## kernel, initramfs with the agent, iPXE: what servers boot over the network (DRIVERS="name file.ko" FIRMWARE="file folder": more of them)
	@boot/build-boot-image.sh

check-boot-image: ## builds the boot image twice in two folders, without a network, from the package cache: the same bytes? (needs root)
	@build/check-boot-image.sh

sample-image: ## a small bootable Debian 12 to install (needs root)
	@boot/build-sample-image.sh

openapi: ## writes the OpenAPI documents again
	@build/openapi.sh

sbom: ## what LpmOs consists of, CycloneDX 1.6, from the lock files: data/sbom.json (needs Node.js 20)
	@node build/sbom.mjs data/sbom.json

vulnerable: ## known vulnerabilities of these packages, where the package sources tell of them
	@build/vulnerable.sh

page: ## the operators' page, into web/dist (needs Node.js 20)
	@build/page.sh

prerequisites: ## installs the Debian packages that tests, images and the demo need
	@build/install-prerequisites.sh

clean: ## removes what was built; data/ with tasks and images stays
	dotnet clean LpmOs.sln --nologo -v q
	rm -rf .cache web/dist
