// SPDX-License-Identifier: Apache-2.0
/*
 * events - the way of an event in user space, without a kernel side and without a clock's noise
 *
 * usage: events [-n PROCESSES] [-l LIVE] [-c CONTAINERS] [-a ARGUMENTS] [-f json|text] [-o FILE]
 *
 * Records of a storm (fork, exec, exit of one process after the other) go through the
 * pipeline and the sink into a writer, as in a live trace; LIVE other processes run
 * meanwhile, and the processes take turns in CONTAINERS (0: they are the host's). Prints
 * the CPU time of each process's three records, without the writer's thread, and the bytes of
 * each line, as a JSON object.
 *
 * Each type of record is put in by a function of its own, put_fork(), put_exec() and
 * put_exit(), for tests/bench/instructions, which counts what they execute: that figure
 * is the same however busy the machine is. COSTS.md tells what came out.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/records.h"
#include "base/clock.h"
#include "pipeline.h"
#include "sink/json.h"
#include "sink/text.h"
#include "sink/writer.h"

#define HOST_CGROUP  1ull
#define FIRST_CGROUP 1000ull
#define FIRST_PID    100000u
#define PARENT_PID   99999u
#define LIVE_PID     200000u
#define BATCH	     64	  /* processes between two ticks */
#define RECORD_NS    1000 /* from one record to the next */
/* Pids come again, as they do in a storm. */
#define PIDS	     32768u
/* All that this kernel knows, as root has them. */
#define ALL_CAPS     0x1ffffffffffull

struct options {
	uint32_t processes, live, containers, args;
	bool text;
	const char *path;
};

struct bench {
	struct options options;
	struct pipeline *pipeline;
	struct writer *writer;
	struct text_sink *text; /* NULL: JSON */
	struct json_kept kept;
	struct made fork, exec, exit; /* what all of the type have in common */
	size_t unique_at;	      /* where the argument stands that differs, in exec */
	uint64_t now_ns;
	uint64_t spent_ns;
	uint64_t not_written;
	uint64_t bytes[EVENT_KINDS]; /* of lines */
};

static void die(const char *what)
{
	fprintf(stderr, "events: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void check(int r, const char *what)
{
	errno = -r;
	if (r < 0)
		die(what);
}

/* ---- what is put in */

static const uint32_t host_ns[PTC_NS_COUNT] = {
	[PTC_NS_PID] = 0xeffffffc,
	[PTC_NS_MNT] = 0xeffffff8,
	[PTC_NS_NET] = 0xeffffff9,
	[PTC_NS_UTS] = 0xeffffffe,
	[PTC_NS_IPC] = 0xefffffff,
	[PTC_NS_USER] = 0xeffffffd,
	[PTC_NS_CGROUP] = 0xeffffffb,
	[PTC_NS_TIME] = 0xeffffffa,
	[PTC_NS_PID_FOR_CHILDREN] = 0xeffffffc,
	[PTC_NS_TIME_FOR_CHILDREN] = 0xeffffffa,
};

static void common_task(struct ptc_task *task)
{
	*task = (struct ptc_task){
		.parent_pid = PARENT_PID,
		.vpids_len = 1,
		.loginuid = UINT32_MAX,
		.session_id = UINT32_MAX,
		.flags = PTC_TASK_HAS_AUDIT | PTC_TASK_HAS_SECCOMP,
		.threads = 1,
	};
	task->cap[PTC_CAP_EFFECTIVE] = task->cap[PTC_CAP_PERMITTED] = ALL_CAPS;
	task->cap[PTC_CAP_BOUNDING] = ALL_CAPS;
	memcpy(task->ns, host_ns, sizeof(host_ns));
}

/* Process i of the storm, at the record's time. */
static void set_task(const struct bench *b, struct made *m, uint32_t i, const char *comm)
{
	struct ptc_task *task = &m->seed.task;
	uint32_t containers = b->options.containers;

	m->hdr.time_ns = b->now_ns;
	task->pid = task->tid = task->vpid[0] = FIRST_PID + i % PIDS;
	task->parent_start_ns = b->now_ns / 1000000000000ull + 1;
	task->cgroup_v2 = containers ? FIRST_CGROUP + i % containers : HOST_CGROUP;
	made_comm(task, comm);
	if (!containers || task->flags & PTC_TASK_KTHREAD)
		return;
	task->vpids_len = 2;
	task->vpid[1] = 2 + i % PIDS;
	/* Namespaces that a container has for itself; user and time are the host's. */
	for (uint32_t ns = PTC_NS_PID; ns <= PTC_NS_CGROUP; ns++)
		if (ns != PTC_NS_USER)
			task->ns[ns] = 4026540000u + 8 * (i % containers) + ns;
	task->ns[PTC_NS_PID_FOR_CHILDREN] = task->ns[PTC_NS_PID];
}

/* Builds what does not differ from process to process, arguments and paths included. */
static void init_records(struct bench *b)
{
	struct made *m = &b->exec;
	char words[sizeof(m->bytes) / 2];
	size_t len = 0;

	made_init(&b->fork, PTC_FORK);
	made_init(&b->exec, PTC_EXEC);
	made_init(&b->exit, PTC_EXIT);
	common_task(&b->fork.fork.task);
	common_task(&b->exec.exec.task);
	common_task(&b->exit.exit.task);
	b->fork.fork.task.flags |= PTC_TASK_SHARED_MM;
	b->fork.fork.creator_pid = PARENT_PID;
	b->exit.exit.cpu_ns = 126058;
	b->exit.exit.minor_faults = 26;
	b->exit.exit.read_chars = 816;
	b->exit.exit.mm_peak_pages = 143;
	b->exit.exit.exit_flags = PTC_EXIT_MM_PEAK | PTC_EXIT_IO;
	m->exec.file_inode = 11102242;
	m->exec.file_dev_major = 254;
	m->exec.file_mode = 0100755;
	m->exec.argc = b->options.args;
	b->unique_at = m->hdr.size + sizeof("/usr/bin/tiny");
	len = (size_t)snprintf(words, sizeof(words), "/usr/bin/tiny%cunique-00000000%c", 0, 0);
	for (uint32_t i = 2; i < b->options.args && len + 16 < sizeof(words); i++)
		len += (size_t)snprintf(words + len, sizeof(words) - len, "last-word%c", 0);
	made_slice(m, &m->exec.args, str_from(words, len), 0);
	made_slice(m, &m->exec.exe, RAW("tiny\0bin\0usr"), PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.cwd, RAW("work\0home"), PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.filename, STR_LITERAL("/usr/bin/tiny"), 0);
}

static __attribute__((noinline)) void put_fork(struct bench *b)
{
	pipeline_record(b->pipeline, &b->fork, b->fork.hdr.size, false);
}

static __attribute__((noinline)) void put_exec(struct bench *b)
{
	pipeline_record(b->pipeline, &b->exec, b->exec.hdr.size, false);
}

static __attribute__((noinline)) void put_exit(struct bench *b)
{
	pipeline_record(b->pipeline, &b->exit, b->exit.hdr.size, false);
}

static void run_process(struct bench *b, uint32_t i)
{
	uint64_t start_ns = b->now_ns;
	char digits[16];

	set_task(b, &b->fork, i, "storm");
	memcpy(b->fork.fork.creator_ns, b->fork.fork.task.ns, sizeof(b->fork.fork.creator_ns));
	b->fork.fork.task.start_ns = start_ns;
	b->fork.fork.creator_start_ns = b->fork.fork.task.parent_start_ns;
	put_fork(b);
	b->now_ns += RECORD_NS;
	set_task(b, &b->exec, i, "tiny");
	b->exec.exec.task.start_ns = start_ns;
	b->exec.exec.old_tid = b->exec.exec.task.pid;
	snprintf(digits, sizeof(digits), "%08u", i);
	memcpy(b->exec.bytes + b->unique_at + sizeof("unique-") - 1, digits, 8);
	put_exec(b);
	b->now_ns += RECORD_NS;
	set_task(b, &b->exit, i, "tiny");
	b->exit.exit.task.start_ns = start_ns;
	put_exit(b);
	b->now_ns += RECORD_NS;
}

/* ---- what comes out */

static void take(const struct event *event, bool shown, void *arg)
{
	struct bench *b = arg;
	struct buf *out;
	size_t before;

	if (!shown)
		return;
	out = writer_begin(b->writer);
	if (!out) {
		b->not_written++;
		return;
	}
	before = out->len;
	if (b->text)
		text_emit(b->text, event, out);
	else
		json_emit_next(&b->kept, event, out);
	b->bytes[event->kind] += out->len - before;
	b->not_written += !writer_end(b->writer);
}

static void print_result(const struct bench *b)
{
	const struct options *o = &b->options;

	printf("{\"processes\":%u,\"live\":%u,\"containers\":%u,\"arguments\":%u,"
	       "\"process_ns\":%" PRIu64 ",\"exec_bytes\":%" PRIu64 ",\"exit_bytes\":%" PRIu64
	       ",\"not_written\":%" PRIu64 "}\n",
	       o->processes, o->live, o->containers, o->args, b->spent_ns / o->processes,
	       b->bytes[EVENT_EXEC] / o->processes, b->bytes[EVENT_EXIT] / o->processes,
	       b->not_written);
}

/* ---- the host it all happens on */

static void write_file(const char *root, const char *path, const char *text)
{
	char whole[512];
	FILE *f;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	f = fopen(whole, "we");
	if (!f || fputs(text, f) == EOF || fclose(f) == EOF)
		die(whole);
}

static void make_cgroup(struct bench *b, uint64_t id, uint64_t parent_id, struct str name)
{
	struct made m;

	made_init(&m, PTC_CGROUP_MKDIR);
	m.cgroup.id = id;
	m.cgroup.parent_id = parent_id;
	made_slice(&m, &m.cgroup.name, name, 0);
	pipeline_record(b->pipeline, &m, m.hdr.size, false);
}

/* A container with the files of its runtime. */
static void make_container(struct bench *b, const char *root, uint32_t i)
{
	char id[65], path[256], text[512];

	snprintf(id, sizeof(id), "%064x", i + 0x1000);
	snprintf(path, sizeof(path), "/var/lib/docker/containers/%s/config.v2.json", id);
	snprintf(text, sizeof(text),
		 "{\"ID\":\"%s\",\"Name\":\"/web-%u\",\"Image\":\"sha256:%s\","
		 "\"Created\":\"2026-01-01T00:00:00Z\",\"Config\":{\"Image\":\"nginx:1.27\"}}",
		 id, i, id);
	write_file(root, path, text);
	snprintf(path, sizeof(path), "docker-%s.scope", id);
	make_cgroup(b, FIRST_CGROUP + i, HOST_CGROUP + 1, str_of(path));
}

static void seed(struct bench *b, uint32_t pid, uint32_t i, const char *comm, uint32_t flags)
{
	struct made m;

	made_init(&m, PTC_TASK);
	common_task(&m.seed.task);
	m.seed.task.flags |= flags;
	set_task(b, &m, i, comm);
	m.seed.task.pid = m.seed.task.tid = pid;
	m.seed.task.start_ns = b->now_ns / 1000000000000ull + 1;
	m.seed.task.parent_pid = 1;
	pipeline_seed(b->pipeline, &m.seed);
}

static void fill_host(struct bench *b, const char *root)
{
	make_cgroup(b, HOST_CGROUP, 0, STR_LITERAL("/"));
	make_cgroup(b, HOST_CGROUP + 1, 0, STR_LITERAL("/system.slice"));
	/* The namespaces of the kernel's threads are the host's. */
	seed(b, 2, 0, "kthreadd", PTC_TASK_KTHREAD);
	for (uint32_t i = 0; i < b->options.containers; i++)
		make_container(b, root, i);
	seed(b, PARENT_PID, 0, "storm", 0);
	for (uint32_t i = 0; i < b->options.live; i++)
		seed(b, LIVE_PID + i, i, "sleep", 0);
}

static void run(struct bench *b, const char *root)
{
	struct redact_options redact = { 0 };
	struct pipeline_options options = {
		.enrich = { .proc_root = "/proc" },
		.attached_ns = 1,
		.passwd_path = "/etc/passwd",
		.take = take,
		.arg = b,
	};
	char proc[300], mountinfo[512];

	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(mountinfo, sizeof(mountinfo), "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n",
		 root);
	write_file(root, "/proc/self/mountinfo", mountinfo);
	options.containers.proc_root = proc;
	options.containers.host_root = root;
	check(filter_new(&options.filter), "filter");
	check(redact_new(&redact, &options.redact), "redact");
	check(pipeline_new(&options, &b->pipeline), "pipeline");
	b->now_ns = clock_boot_ns();
	init_records(b);
	fill_host(b, root);
	b->spent_ns = clock_thread_ns();
	for (uint32_t i = 0; i < b->options.processes; i++) {
		run_process(b, i);
		if (i % BATCH != 0)
			continue;
		writer_flush(b->writer);
		pipeline_tick(b->pipeline, true);
	}
	b->spent_ns = clock_thread_ns() - b->spent_ns;
	print_result(b);
	pipeline_free(b->pipeline);
	redact_free(options.redact);
	filter_free(options.filter);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* False: that is no option. */
static bool take_option(struct options *o, int option, const char *value)
{
	static const char letters[] = "nlca";
	uint32_t *const numbers[] = { &o->processes, &o->live, &o->containers, &o->args };
	const char *letter = strchr(letters, option);

	if (letter)
		*numbers[letter - letters] = (uint32_t)strtoul(value, NULL, 10);
	else if (option == 'f')
		o->text = strcmp(value, "text") == 0;
	else if (option == 'o')
		o->path = value;
	return letter || option == 'f' || option == 'o';
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct bench *b = &bench;
	struct text_options text = { .time_form = TIME_FORM_CLOCK };
	char root[] = "/tmp/events-XXXXXX";
	int option, fd;

	b->options = (struct options){ .processes = 100000, .args = 3, .path = "/dev/null" };
	while ((option = getopt(argc, argv, "n:l:c:a:f:o:")) != -1)
		if (!take_option(&b->options, option, optarg))
			return 2;
	if (!b->options.processes || b->options.args < 2 || !mkdtemp(root))
		return 2;
	fd = open(b->options.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		die(b->options.path);
	check(writer_new(fd, 0, &b->writer), "writer");
	if (b->options.text)
		check(text_new(&text, &b->text), "text");
	run(b, root);
	text_free(b->text);
	check(writer_close(b->writer, NULL), b->options.path);
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}
