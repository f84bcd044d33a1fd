/* SPDX-License-Identifier: Apache-2.0 */
/*
 * samples.h - events with every field in use, for the tests of the sinks and the reader
 */
#ifndef TESTS_SAMPLES_H
#define TESTS_SAMPLES_H

#include <signal.h>

#include "event/event.h"

#define SAMPLE_ID "da6c173ac3ba463351e6816cf295956f4b2ab21e6ceca1066d5cd038ff2017dd"

static const struct event_host sample_host = {
	.hostname = { "node7", 5 },
	.boot_id = { "5f0c9a1e-1c5e-4b1c-9d3a-0123456789ab", 36 },
};

static const struct container_info sample_kind_node = {
	.id = { "e342b2db6b33f0c5d0c2bcc3b2819ca71f6eabf12f52d32805dee6aa9e910f17", 64 },
	.runtime = { "docker", 6 },
	.name = { "kind", 4 },
};

static const struct container_label sample_labels[] = {
	{ STR_LITERAL("com.example/tier"), STR_LITERAL("front \"end\""), true },
	{ STR_LITERAL("empty"), STR_LITERAL(""), true },
};

static const struct container_info sample_web = {
	.id = { SAMPLE_ID, 64 },
	.runtime = { "docker", 6 },
	.name = { "web", 3 },
	.image = { "nginx", 5 },
	.image_tag = { "1.27", 4 },
	.image_id = { "sha256:0123", 11 },
	.created_ns = 1795372838390716723ll,
	.labels = sample_labels,
	.labels_len = 2,
};

static const struct event_isolated sample_isolated = {
	.type = PTC_NS_MNT,
	.ns = 4026532900u,
	.name = { "bwrap", 5 },
	.maker = { 900, 5424710000001ull, { "flatpak", 7 } },
};

/* One that no cgroup tells of, with a name of any bytes. */
static const struct container_info sample_free = {
	.id = { SAMPLE_ID, 64 },
	.runtime = { "podman", 6 },
	.name = { "fr\xff"
		  "ee",
		  5 },
	.image = { "nginx", 5 },
	.unconfirmed = true,
};

static const struct event_isolated sample_monitored = {
	.type = PTC_NS_PID,
	.ns = 4026532901u,
	.name = { "runc", 4 },
	.container = &sample_free,
};

static const struct container_info sample_pod = {
	.id = { "fca016babe50c207bb2253b61e673929de2e39ef9a4e2d2c5491014215a1f853", 64 },
	.runtime = { "containerd", 10 },
	.pod_uid = { "c1c7a4c5-6f2e-4b5f-8f8e-0123456789ab", 36 },
	.pod_name = { "web-0", 5 },
	.pod_namespace = { "shop", 4 },
	.outer = &sample_kind_node,
	.unconfirmed = true,
	.build = true,
	.missing = MISSING_MALFORMED,
};

static const uint32_t sample_vpids[] = { 4185, 1 };
static const uint32_t sample_groups[] = { 0, 27, 4294967294u };

/* Everything a process can carry, each with another source. */
static inline void sample_process(struct event_process *p)
{
	*p = (struct event_process){
		.pid = 4185,
		.tid = 4186,
		.start_ns = 5424722810753ull,
		.vpid_len = 2,
		.vpid = sample_vpids,
		.parent = { 4160, 5424719004312ull, { "runc", 4 } },
		.creator = { 4100, 5424710000000ull, { "dockerd", 7 } },
		.name = STR_LITERAL("nginx"),
		.executable = STR_LITERAL("/usr/sbin/nginx"),
		.file = { .inode = 12345,
			  .dev_major = 8,
			  .dev_minor = 1,
			  .mode = 04755,
			  .uid = 33,
			  .deleted = true,
			  .script = true,
			  .interpreter = { "/bin/sh", 7 },
			  .filename = { "./nginx", 7 } },
		.args = STR_LITERAL("nginx\0-g\0daemon off;\0"),
		.args_count = 3,
		.cwd = STR_LITERAL("/srv"),
		.interactive = true,
		.tty_major = 136,
		.tty_minor = 3,
		.creds = { 1,
			   2,
			   3,
			   4,
			   5,
			   6,
			   7,
			   8,
			   { 1, 0x1ffffffffffull, 0, 0xa80425fb, 1ull << 63 },
			   47,
			   { "daemon", 6 } },
		.groups_len = 3,
		.groups_total = 5,
		.groups = sample_groups,
		.loginuid = 1000,
		.session_id = 7,
		.seccomp = 2,
		.no_new_privs = true,
		.lsm = STR_LITERAL("docker-default"),
		.ns = { 11, 12, 13, 14, 15, 16, 17, 18, 21, 18 },
		.ns_isolated = 1u << PTC_NS_PID | 1u << PTC_NS_NET,
		.cgroup = { 177, { "/docker/" SAMPLE_ID, 72 }, true },
		.container = &sample_web,
		.host_namespaces = true,
		.oom_score_adj = -999,
		.env = STR_LITERAL("HOME=/root\0A=\0"),
		.threads = 2,
		.now = { .state = 'S', .cpu_ns = 1500000000, .resident_bytes = 8192000 },
		.kernel_thread = true,
	};
	for (int i = 0; i < FACT_COUNT; i++)
		event_set(p, (enum fact)i, (enum source)(1 + i % (SOURCE_COUNT - 1)));
	event_cut(p, FACT_GROUPS);
	event_cut(p, FACT_ARGS);
}

/* One of the kind, with all that the kind can say. */
static inline void sample_event(enum event_kind kind, struct event *e)
{
	*e = (struct event){
		.kind = kind,
		.time_ns = 5424733000000ull,
		.wall_ns = 1795372801131204511ll,
		.start_wall_ns = 1795372801120000001ll,
		.sequence = 17,
		.host = &sample_host,
		.about_process = kind < EVENT_CONTAINER_START ||
				 (kind > EVENT_CONTAINER_STOP && kind < EVENT_LOST),
		.container = &sample_web,
	};
	if (kind == EVENT_LOST || kind == EVENT_THROTTLED) {
		e->start_wall_ns = 0;
		e->lost = (struct event_lost){ .total = 14, .reason = PTC_LOST_FULL };
		e->lost.by_kind[PTC_EXEC] = 8;
		e->lost.by_kind[PTC_EXIT] = 6;
		e->lost.from_wall_ns = e->wall_ns;
		e->lost.to_wall_ns = e->wall_ns + 2000000;
	}
	if (e->about_process)
		sample_process(&e->proc);
	e->exit = (struct event_exit){
		.lifetime_ns = 7900000000ull,
		.has_lifetime = true,
		.signal = SIGKILL,
		.core = true,
		.oom = true,
		.has_sender = true,
		.sender = { 512, 99, { "dockerd", 7 } },
		.sender_uid = 0,
		.cpu_ns = 123456,
		.has_cpu = true,
		.cpu_partial = true,
		.peak_bytes = 12 << 20,
		.has_peak = true,
		.minor_faults = 10,
		.major_faults = 1,
		.read_bytes = 4096,
		.write_bytes = 0,
		.read_chars = 18446744073709551615ull,
		.write_chars = 5,
		.has_io = true,
		.has_usage = true,
		.usage_partial = true,
	};
	if (kind == EVENT_SIGNAL) {
		e->signal = (struct event_signal){
			.number = SIGTERM,
			.code = -6,
			.target = { 77, 88, { "sleep", 5 } },
			.target_uid = 1000,
			.target_container = &sample_pod,
		};
	}
	if (kind == EVENT_SETNS || kind == EVENT_UNSHARE || kind == EVENT_FORK) {
		e->ns_change[0] = (struct event_ns_change){
			.type = PTC_NS_NET,
			.old_ns = 13,
			.new_ns = 23,
			.owner = &sample_web,
			.holder = { 4185, 5424722810753ull, { "nginx", 5 } },
			.shared = { &sample_pod, &sample_kind_node },
			.shared_len = 2,
			.shared_more = true
		};
		e->ns_change[1] = (struct event_ns_change){ .type = PTC_NS_PID_FOR_CHILDREN,
							    .old_ns = 11,
							    .new_ns = 1,
							    .owner_host = true };
		e->ns_change[2] =
			(struct event_ns_change){ .type = PTC_NS_UTS, .old_ns = 14, .new_ns = 24 };
		e->ns_change[3] = (struct event_ns_change){ .type = PTC_NS_MNT,
							    .old_ns = 15,
							    .new_ns = 25,
							    .owner_isolated = &sample_isolated };
		e->ns_change_len = 4;
	}
	if (kind == EVENT_CGROUP) {
		e->old_cgroup = (struct event_cgroup){ 5, { "/user.slice", 11 }, false };
		e->old_container = &sample_pod;
		e->has_old_container = true;
	}
}

#endif /* TESTS_SAMPLES_H */
