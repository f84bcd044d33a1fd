// SPDX-License-Identifier: Apache-2.0
/*
 * test_fault_trace - a live trace with an output and a sealed log, each call failing once
 *
 * The records come from fake_tracer.c, all that follows is the program's. Whatever fails:
 * each event is in the output or counted as one that is not; the same for the log, which can
 * be replayed; and where the exit status is 0 it proves right.
 *
 * Long because the records, the host they are of, and what must come of them belong together.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/host_tree.h"
#include "cli/commands.h"
#include "fake_journal.h"
#include "fake_tracer.h"
#include "sink/journal.h"
#include "sweep.h"

#define ID	    "3f2a9c0d7e1b45a6809f3c2d1e0b5a7948c6d3e2f1a0b9c8d7e6f5a4b3c2d1e0"
#define SCOPE	    "docker-" ID ".scope"
#define START_NS    50000000000ull /* of pid 300 in tests/fixtures/proc/host */
#define PROCESSES   6
#define RECORDS_MAX 64
#define EVENTS	    22 /* of which there is one for each record, whatever fails */

struct rig {
	struct host_tree tree;
	struct made records[RECORDS_MAX];
	struct fake_tracer tracer;
	const char *argv[40];
	char proc[300], out[300], log[300], file[300], key[300], verify_key[300];
	char first_key[1024]; /* what stood in the file of the key at first */
	size_t first_key_len;
	uint64_t slice, scope; /* ids of cgroups */
	bool is_json, logs, journals;
};

/* ---- records */

static struct made *add(struct rig *r, unsigned int type, uint32_t pid)
{
	struct made *m = &r->records[r->tracer.len++];

	assert_true(r->tracer.len <= RECORDS_MAX);
	made_init(m, type);
	if (!made_has_task(type))
		return m;
	m->seed.task.pid = m->seed.task.tid = m->seed.task.vpid[0] = pid;
	m->seed.task.start_ns = START_NS;
	m->seed.task.cgroup_v2 = pid % 2 ? r->scope : r->slice;
	m->seed.task.ns[PTC_NS_MNT] += pid % 2;
	return m;
}

static void add_cgroup(struct rig *r, unsigned int type, uint64_t id, uint64_t parent_id,
		       struct str name)
{
	struct made *m = add(r, type, 0);

	m->cgroup.id = id;
	m->cgroup.parent_id = parent_id;
	made_slice(m, &m->cgroup.name, name, 0);
}

static void add_exec(struct rig *r, unsigned int type, uint32_t pid)
{
	struct made *m = add(r, type, pid);

	m->exec.old_tid = pid;
	m->exec.argc = 3;
	made_slice(m, &m->exec.args, RAW("/bin/web\0--password=secret\0x"), 0);
	made_slice(m, &m->exec.exe, RAW("web\0bin\0usr"), PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.filename, STR_LITERAL("/bin/web"), 0);
	made_slice(m, &m->exec.env, RAW("HOME=/\0TOKEN=secret"), 0);
}

static void add_ns_call(struct rig *r, unsigned int type, uint32_t pid)
{
	struct made *m = add(r, type, pid);

	memcpy(m->ns_call.old_ns, m->ns_call.task.ns, sizeof(m->ns_call.old_ns));
	m->ns_call.task.ns[PTC_NS_NET] = 7;
}

static void add_process(struct rig *r, uint32_t pid)
{
	struct made *m = add(r, PTC_FORK, pid);

	m->fork.creator_pid = 4160;
	add_exec(r, PTC_EXEC, pid);
	add_ns_call(r, PTC_SETNS, pid);
	add(r, PTC_EXIT, pid)->exit.task.ns[PTC_NS_NET] = 7;
}

static void make_records(struct rig *r)
{
	struct made *attach;

	add_cgroup(r, PTC_CGROUP_MKDIR, r->slice, 0, STR_LITERAL("/system.slice"));
	add_cgroup(r, PTC_CGROUP_MKDIR, r->scope, r->slice, STR_LITERAL(SCOPE));
	add_exec(r, PTC_EXEC, 300); /* it is in /proc */
	for (uint32_t i = 0; i < PROCESSES; i++)
		add_process(r, 4001 + i);
	add_exec(r, PTC_EXEC_FAILED, 4102);
	add_ns_call(r, PTC_UNSHARE, 4102);
	attach = add(r, PTC_CGROUP_ATTACH, 4102);
	attach->attach.id = attach->attach.task.cgroup_v2 = r->scope;
	add(r, PTC_SIGNAL, 4101)->signal.number = 9;
	add_cgroup(r, PTC_CGROUP_RMDIR, r->scope, r->slice, STR_LITERAL(SCOPE));
}

/* ---- the host, and what is left on it */

static void write_whole(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

/* Nothing, if there is no such file. */
static struct str read_whole(const char *path)
{
	static char data[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && (n = read(fd, data + len, sizeof(data) - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	return str_from(data, len);
}

static void set_path(const struct rig *r, char path[300], const char *name)
{
	snprintf(path, 300, "%s/%s", r->tree.root, name);
}

static void make_host(struct rig *r)
{
	char text[600];

	/* What is written is to be synchronised hundreds of times, and no disk be waited for. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	host_tree_init(&r->tree);
	set_path(r, r->proc, "proc");
	set_path(r, r->out, "out");
	set_path(r, r->log, "log");
	set_path(r, r->file, "log/events");
	set_path(r, r->key, "key");
	set_path(r, r->verify_key, "verify-key");
	snprintf(text, sizeof(text), "cp -R tests/fixtures/proc/host %s", r->proc);
	assert_int_equal(system(text), 0);
	assert_int_equal(mkdir(r->log, 0700), 0);
	snprintf(text, sizeof(text), "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n", r->tree.root);
	host_tree_text(&r->tree, "/proc/self/mountinfo", text);
	host_tree_text(&r->tree, "/etc/passwd", "root:x:0:0::/:/bin/sh\n");
	host_tree_text(&r->tree, "/var/lib/docker/containers/" ID "/config.v2.json",
		       "{\"ID\":\"" ID "\",\"Name\":\"/web\",\"Created\":"
		       "\"2026-01-01T00:00:00Z\",\"Config\":{\"Image\":\"nginx:1.27\"}}");
	r->slice = host_tree_mkdir(&r->tree, "/v2/system.slice");
	r->scope = host_tree_mkdir(&r->tree, "/v2/system.slice/" SCOPE);
}

static int keygen(void *arg)
{
	const struct rig *r = arg;

	return sweep_command(cmd_keygen, ARGV("keygen", "-q", "-o", r->key));
}

static void make_key(struct rig *r)
{
	struct outcome made = sweep_aside(keygen, r);
	struct str key = read_whole(r->key);

	assert_int_equal(made.status, 0);
	assert_in_range(key.len, 1, sizeof(r->first_key));
	memcpy(r->first_key, key.p, key.len);
	r->first_key_len = key.len;
	write_whole(r->verify_key, made.out.p, made.out.len);
}

static void set_argv(struct rig *r, const char *const *more)
{
	const char *const *first = ARGV("trace", "--no-sandbox", "-e", "all", "-x", "--env", "*",
					"--proc-root", r->proc, "--host-root", r->tree.root, "-o",
					r->out);
	size_t len = 0;

	while (*first)
		r->argv[len++] = *first++;
	while (*more) {
		assert_true(len + 1 < sizeof(r->argv) / sizeof(r->argv[0]));
		r->argv[len++] = *more++;
	}
}

/* Nothing of the last run: neither files nor signals that nobody took. */
static void before(void *arg)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGUSR1, SIGCHLD };
	struct rig *r = arg;
	DIR *dir = opendir(r->log);
	const struct dirent *entry;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		signal(numbers[i], SIG_IGN);
		signal(numbers[i], SIG_DFL);
	}
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	unlink(r->out);
	write_whole(r->key, r->first_key, r->first_key_len);
	fake_tracer_set(&r->tracer);
	if (r->journals)
		fake_journal_begin();
}

static int run(void *arg)
{
	const struct rig *r = arg;

	return sweep_command(cmd_trace, r->argv);
}

/* ---- what came of it */

static size_t count(struct str text, const char *word)
{
	size_t len = strlen(word), n = 0;

	for (const char *p = text.p; (p = memmem(p, text.len - (size_t)(p - text.p), word, len));
	     p += len)
		n++;
	return n;
}

#define IN_JSON	   "\"action\":\"%s\""
#define IN_JOURNAL "\nPROCTRACE_EVENT=%s\n"

/* Events that there are one for each record, by how their action is written. */
static size_t count_events(struct str text, const char *form)
{
	/* Not setns and unshare: one that was noticed late makes one more, if it can be noticed. */
	static const char *const actions[] = { "fork", "exec", "exit", "signal", "cgroup" };
	char word[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		snprintf(word, sizeof(word), form, actions[i]);
		n += count(text, word);
	}
	return n;
}

/* The number before these words in the summary. */
static size_t summary(struct str err, const char *words)
{
	const char *at = memmem(err.p, err.len, words, strlen(words));

	while (at && at > err.p && at[-1] != ':')
		at--;
	return at ? strtoull(at, NULL, 10) : 0;
}

static int verify(void *arg)
{
	const struct rig *r = arg;

	return sweep_command(cmd_verify,
			     ARGV("verify", "--key", r->verify_key, "--log-seal", r->key, r->log));
}

static int replay(void *arg)
{
	const struct rig *r = arg;

	return sweep_command(cmd_replay, ARGV("replay", "-f", "json", "-e", "all", "-x", r->log));
}

static void check_secrets(const struct outcome *got, struct str text)
{
	if (count(text, "=secret"))
		sweep_complain(got, "a secret is shown");
}

static void check_counts(const struct outcome *got, struct str text, const char *form,
			 const char *what, size_t not_there)
{
	size_t there = count_events(text, form);
	size_t lost = not_there + summary(got->err, " events could not be made");

	check_secrets(got, text);
	if (there > EVENTS || EVENTS - there > lost)
		sweep_complain(got, "of %d events %zu are in the %s, and %zu are said to be lost",
			       EVENTS, there, what, lost);
}

static void check_log(const struct outcome *got, struct rig *r)
{
	size_t lost = summary(got->err, " events could not be logged");
	struct outcome log = sweep_aside(verify, r);

	if (count(got->err, strerror(EBADF)))
		sweep_complain(got, "a file is written that was given up: %.*s", (int)got->err.len,
			       got->err.p);
	if (log.status != 0 && got->status == 0)
		sweep_complain(got, "the log does not verify: %.*s%.*s", (int)log.out.len,
			       log.out.p, (int)log.err.len, log.err.p);
	log = sweep_aside(replay, r);
	check_counts(got, log.out, IN_JSON, "log", lost);
}

static void check(const struct outcome *got, const struct outcome *good, void *arg)
{
	struct rig *r = arg;
	struct str out = read_whole(r->out);
	bool began = memmem(got->err.p, got->err.len, "tracing (", 9);

	(void)good;
	if (got->status == 0 && !began)
		sweep_complain(got, "it did not trace, and the exit status does not tell");
	if (began && r->is_json)
		check_counts(got, out, IN_JSON, "output",
			     summary(got->err, " events could not be printed"));
	if (began && r->journals)
		check_counts(got, fake_journal_text(), IN_JOURNAL, "journal",
			     summary(got->err, " events could not be sent to the journal"));
	if (began && r->logs)
		check_log(got, r);
	check_secrets(got, out);
}

/* ---- the tests */

static struct rig *new_rig(void)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	make_host(r);
	make_key(r);
	make_records(r);
	r->tracer.records = r->records;
	r->tracer.ends = true;
	return r;
}

static void sweep_trace(struct rig *r, const char *const *more)
{
	set_argv(r, more);
	sweep_run(&(struct sweep){ .run = run, .before = before, .check = check, .arg = r });
	host_tree_done(&r->tree);
	free(r);
}

static void text(void **state)
{
	(void)state;
	sweep_trace(new_rig(), ((const char *const[]){ "--tree", "--existing", NULL }));
}

static void command(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->tracer.ends = false;
	sweep_trace(r, ((const char *const[]){ "--", "true", NULL }));
}

static void json(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->is_json = true;
	sweep_trace(r, ((const char *const[]){ "-f", "json", "--rate-limit", "1000", NULL }));
}

#define LOGGED(r)                                                                               \
	((const char *const[]){ "-f", "json", "--log", (r)->file, "--log-seal", (r)->key,       \
				"--log-compress", "--log-keep", "100", "--log-max-size", "12K", \
				"--log-sync", "record", NULL })

static void sealed_log(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->is_json = r->logs = true;
	r->tracer.signals[0].at = 10;
	r->tracer.signals[0].number = SIGUSR1;
	r->tracer.signals[1].at = 20;
	r->tracer.signals[1].number = SIGHUP;
	sweep_trace(r, LOGGED(r));
}

static void journal(void **state)
{
	struct rig *r;

	(void)state;
	if (!journal_version())
		skip();
	r = new_rig();
	r->journals = true;
	sweep_trace(r, ((const char *const[]){ "--journal", NULL }));
	faults_pretend(NULL);
}

/* What is intact is never said to be changed because it could not be read. */
static void check_verdict(const struct outcome *got, const struct outcome *good, void *arg)
{
	sweep_check_whole(got, good, arg);
	if (got->status == STATUS_CHANGED)
		sweep_complain(got, "an intact log is said to be changed: %.*s", (int)got->out.len,
			       got->out.p);
}

static void verify_seals(void **state)
{
	struct rig *r = new_rig();
	struct outcome traced;

	(void)state;
	set_argv(r, LOGGED(r));
	before(r);
	traced = sweep_aside(run, r);
	assert_int_equal(traced.status, STATUS_OK);
	sweep_run(&(struct sweep){ .run = verify, .check = check_verdict, .arg = r });
	host_tree_done(&r->tree);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),	   cmocka_unit_test(command),
		cmocka_unit_test(json),	   cmocka_unit_test(sealed_log),
		cmocka_unit_test(journal), cmocka_unit_test(verify_seals),
	};

	cmocka_set_test_filter(getenv("FAULT_TEST"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
