// SPDX-License-Identifier: Apache-2.0
/*
 * tracer.c - opens, loads and attaches the kernel side
 */
#include "tracer/tracer.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "proctrace/config.h"
#include "proctrace/wire.h"
#include "tracer/counts.h"
#include "tracer/facts.h"
#include "tracer/gates.h"
#include "tracer/kernel.h"
#include "tracer/meters.h"
#include "tracer/programs.h"
#include "tracer/ring.h"

/* Generated; last, because it uses the types of the wire without including them. */
#include "proctrace.skel.h"

/* A napping agent is woken when this part of the ring is unread. */
#define WAKE_FRACTION 4

struct tracer {
	struct proctrace_bpf *skel;
	struct programs programs;
	struct tracer_feature facts[FACTS_LEN];
	struct ring ring;
	struct gates gates;
	struct meters meters;
	struct kernel_v1 v1;
	size_t ring_bytes;
	struct counts counts;
	uint64_t attached_ns;
};

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[512];

	/* What libbpf warns of, tracer_new() says better; its words are for debugging. */
	if (log_level < LOG_DEBUG || level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_debug("%s", line);
	return 0;
}

static size_t ring_size(size_t wanted)
{
	size_t size = TRACER_RING_MIN;

	if (wanted == 0)
		wanted = TRACER_RING_DEFAULT;
	while (size < wanted && size < TRACER_RING_MAX)
		size *= 2;
	return size;
}

static void configure(struct tracer *t, const struct tracer_options *options)
{
	struct ptc_config *config = (struct ptc_config *)&t->skel->rodata->config;

	t->ring_bytes = ring_size(options->ring_bytes);
	config->wake_bytes = t->ring_bytes / WAKE_FRACTION;
	config->v1_subsys = t->v1.subsys;
	config->v1_hierarchy_id = t->v1.hierarchy_id;
	config->capture_env = options->capture_env;
	config->signals = options->signals;
	config->failed_exec = options->failed_exec;
	config->namespaces = options->namespaces;
	config->gates = options->gates;
	config->rate_limit = options->rate_limit;
	config->rate_window_ns = options->rate_window_ns;
	if (!options->gates)
		bpf_map__set_max_entries(t->skel->maps.gates, 1);
	if (!options->rate_limit)
		bpf_map__set_max_entries(t->skel->maps.meters, 1);
	bpf_map__set_max_entries(t->skel->maps.ring, (uint32_t)t->ring_bytes);
}

static const char *release(struct utsname *name)
{
	return uname(name) == 0 ? name->release : "?";
}

/* Says why loading failed, as far as the error and the system tell. */
static int say_load_error(int error, const struct btf *btf)
{
	struct rlimit limit = { 0 };
	struct utsname name;

	if (kernel_is_confidential()) {
		log_error(
			"the kernel is locked down (confidentiality), which forbids tracing: "
			"boot without lockdown=confidentiality, see /sys/kernel/security/lockdown");
		return -EPERM;
	}
	if (error == -EPERM && geteuid() == 0 && facts_memlock_counts(btf) &&
	    getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    limit.rlim_cur < ((rlim_t)64 << 20)) {
		log_error("not permitted to load: either a capability is missing (CAP_BPF, "
			  "CAP_PERFMON or CAP_SYS_ADMIN), or this kernel counts BPF memory against "
			  "a limit of %llu KiB: raise it with \"ulimit -l unlimited\" or "
			  "LimitMEMLOCK=infinity",
			  (unsigned long long)limit.rlim_cur / 1024);
		return -EPERM;
	}
	if (error == -EACCES) {
		/* A missing capability is EPERM on every kernel. */
		log_error("the kernel (%s) refused the programs: its verifier or a security "
			  "module, such as SELinux, forbids what they do",
			  release(&name));
		return -EOPNOTSUPP;
	}
	if (error == -EPERM) {
		log_error("not permitted to trace: run it as root (\"sudo proctrace\"), or with "
			  "CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH");
		return -EPERM;
	}
	if (error == -ENOSYS) {
		log_error("this kernel (%s) has no bpf() system call: CONFIG_BPF_SYSCALL is needed",
			  release(&name));
		return -EOPNOTSUPP;
	}
	log_error("the kernel (%s) refused the programs: %s; \"proctrace features\" says more",
		  release(&name), strerror(-error));
	return -EOPNOTSUPP;
}

static int load_btf(struct btf **ret_btf)
{
	struct utsname name;

	*ret_btf = btf__load_vmlinux_btf();
	if (*ret_btf)
		return 0;
	log_error("this kernel (%s) has no type information in /sys/kernel/btf/vmlinux: boot one "
		  "with CONFIG_DEBUG_INFO_BTF=y (distribution kernels since 2021 have it)",
		  release(&name));
	return -EOPNOTSUPP;
}

int tracer_new(const struct tracer_options *options, struct tracer **ret_tracer)
{
	struct tracer *t = calloc(1, sizeof(*t));
	const char *culprit = "?";
	struct btf *btf = NULL;
	int r;

	if (!t)
		return -ENOMEM;
	libbpf_set_print(print_libbpf);
	r = load_btf(&btf);
	if (r < 0)
		goto fail;
	t->skel = proctrace_bpf__open();
	if (!t->skel) {
		r = -errno;
		log_error("cannot open the kernel side: %s", strerror(errno));
		goto fail;
	}
	kernel_probe_v1(btf, &t->v1);
	facts_probe(btf, t->facts);
	configure(t, options);
	r = programs_select(&t->programs, t->skel->obj, btf, options, &culprit);
	if (r < 0) {
		log_error("this kernel has no tracepoint %s, which nothing works without", culprit);
		goto fail;
	}
	r = proctrace_bpf__load(t->skel);
	if (r < 0) {
		r = say_load_error(r, btf);
		goto fail;
	}
	/* libbpf goes on without it if its look at what the kernel can do had failed. */
	if (!t->skel->bss) {
		log_error("cannot map the counters of the kernel side");
		r = -ENOMEM;
		goto fail;
	}
	r = ring_init(&t->ring, bpf_map__fd(t->skel->maps.ring), t->ring_bytes,
		      &t->skel->bss->wake);
	if (r < 0) {
		log_error("cannot map the ring buffer: %s", strerror(-r));
		goto fail;
	}
	if (options->gates)
		r = gates_init(&t->gates, bpf_map__fd(t->skel->maps.gates), t->skel->bss->decided);
	if (r == 0 && options->rate_limit)
		r = meters_init(&t->meters, bpf_map__fd(t->skel->maps.meters));
	if (r < 0) {
		log_error("cannot map the tables of containers: %s", strerror(-r));
		goto fail;
	}
	t->attached_ns = clock_boot_ns();
	counts_init(&t->counts, t->skel->bss->stats, t->attached_ns);
	r = programs_attach(&t->programs, t->skel->obj, &culprit);
	if (r < 0) {
		log_error("cannot attach to %s: %s", culprit, strerror(-r));
		r = r == -EPERM || r == -EACCES ? -EPERM : -EOPNOTSUPP;
		goto fail;
	}
	btf__free(btf);
	*ret_tracer = t;
	return 0;
fail:
	btf__free(btf);
	tracer_free(t);
	return r;
}

void tracer_free(struct tracer *t)
{
	if (!t)
		return;
	programs_detach(&t->programs);
	ring_done(&t->ring);
	gates_done(&t->gates);
	meters_done(&t->meters);
	proctrace_bpf__destroy(t->skel);
	free(t);
}

int tracer_fd(const struct tracer *t)
{
	return bpf_map__fd(t->skel->maps.ring);
}

int tracer_drain(struct tracer *t, tracer_record_fn fn, void *arg, unsigned int max)
{
	return ring_drain(&t->ring, fn, arg, max);
}

bool tracer_idle(struct tracer *t)
{
	return ring_idle(&t->ring);
}

int tracer_nap(struct tracer *t)
{
	return ring_nap(&t->ring);
}

void tracer_awake(struct tracer *t)
{
	ring_awake(&t->ring);
}

static bool is_attached(const struct tracer *t, const char *name, size_t *ret_index)
{
	for (size_t i = 0; i < t->programs.len; i++) {
		if (strcmp(t->programs.feature[i].name, name) == 0) {
			*ret_index = i;
			return t->programs.link[i] != NULL;
		}
	}
	return false;
}

int tracer_seed(struct tracer *t, tracer_seed_fn fn, void *arg)
{
	_cleanup_close_ int fd = -1;
	struct ptc_seed seeds[64];
	size_t index, have = 0;
	int total = 0;

	if (!is_attached(t, "task", &index))
		return -EOPNOTSUPP;
	fd = bpf_iter_create(bpf_link__fd(t->programs.link[index]));
	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n = read(fd, (char *)seeds + have, sizeof(seeds) - have);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return total;
		have += (size_t)n;
		for (size_t i = 0; i < have / sizeof(seeds[0]); i++, total++)
			fn(&seeds[i], arg);
		/* A read may end within a record. */
		memmove(seeds, (char *)seeds + have - have % sizeof(seeds[0]),
			have % sizeof(seeds[0]));
		have %= sizeof(seeds[0]);
	}
}

void tracer_counts(const struct tracer *t, struct tracer_counts *ret_counts)
{
	counts_sum(&t->counts, ret_counts);
	meters_sum(&t->meters, ret_counts->throttled);
	ret_counts->gates_refused = t->gates.refused;
}

bool tracer_take_lost(struct tracer *t, struct tracer_lost *ret_lost)
{
	return counts_take_lost(&t->counts, ret_lost);
}

bool tracer_gate(struct tracer *t, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
		 uint16_t meter)
{
	return gates_set(&t->gates, hierarchy_id, id, state, meter);
}

void tracer_gate_made(struct tracer *t, uint32_t hierarchy_id, uint64_t id)
{
	gates_made(&t->gates, hierarchy_id, id);
}

void tracer_gate_renamed(struct tracer *t, uint32_t hierarchy_id)
{
	gates_renamed(&t->gates, hierarchy_id);
}

bool tracer_take_throttled(struct tracer *t, uint16_t meter, struct tracer_throttled *ret_throttled)
{
	return meters_take(&t->meters, meter, ret_throttled);
}

uint64_t tracer_attached_ns(const struct tracer *t)
{
	return t->attached_ns;
}

uint32_t tracer_v1_hierarchy(const struct tracer *t)
{
	return t->v1.hierarchy_id;
}

const char *tracer_v1_controller(const struct tracer *t)
{
	return t->v1.hierarchy_id ? t->v1.controller : NULL;
}

size_t tracer_ring_bytes(const struct tracer *t)
{
	return t->ring_bytes;
}

size_t tracer_unread(const struct tracer *t)
{
	return ring_unread(&t->ring);
}

void tracer_stop(struct tracer *t)
{
	programs_detach(&t->programs);
}

const struct tracer_feature *tracer_features(const struct tracer *t, size_t *ret_len)
{
	*ret_len = t->programs.len;
	return t->programs.feature;
}

const struct tracer_feature *tracer_facts(const struct tracer *t, size_t *ret_len)
{
	*ret_len = FACTS_LEN;
	return t->facts;
}
