// SPDX-License-Identifier: Apache-2.0
/*
 * privileges.c - what it may do: ids, groups, capabilities, seccomp, security labels
 */
#include "inspect/section.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "event/names.h"
#include "inspect/caps.h"
#include "inspect/credentials.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"
#include "procfs/value.h"

#define LSM_LIST_SIZE 256
#define LACKS_MAX     10 /* capabilities of all that are told instead of the others */

/* ---- capabilities ---- */

static const struct {
	const char *key;
	enum status_line line;
} cap_sets[] = {
	{ "effective", STATUS_CAP_EFF },   { "permitted", STATUS_CAP_PRM },
	{ "inheritable", STATUS_CAP_INH }, { "bounding", STATUS_CAP_BND },
	{ "ambient", STATUS_CAP_AMB },
};

static uint64_t caps_of(const struct proc_status *status, enum status_line line)
{
	switch (line) {
	case STATUS_CAP_EFF:
		return status->cap_eff;
	case STATUS_CAP_PRM:
		return status->cap_prm;
	case STATUS_CAP_INH:
		return status->cap_inh;
	case STATUS_CAP_BND:
		return status->cap_bnd;
	default:
		return status->cap_amb;
	}
}

/* All that this kernel has; else that this program knows. */
static uint64_t all_caps(const struct world *w)
{
	uint32_t last = CAP_LAST_CAP;
	char buf[16];
	size_t len;

	if (procfs_read(w->proc_fd, "sys/kernel/cap_last_cap", buf, sizeof(buf), &len, NULL) == 0)
		parse_u32_value(str_from(buf, len), &last);
	return last >= 63 ? UINT64_MAX : (UINT64_C(1) << (last + 1)) - 1;
}

static void put_caps(const char *key, const char *title, uint64_t caps, struct doc *d)
{
	char buf[32];

	doc_list(d, key, title);
	for (unsigned int cap = 0; cap < 64; cap++)
		if (caps >> cap & 1)
			doc_str(d, NULL, NULL, str_of(cap_name(cap, buf)));
	doc_end(d);
}

/* The few that are not there say more than all the others. */
static void sum_up(uint64_t caps, uint64_t all, struct doc *d)
{
	uint64_t lacks = all & ~caps;
	struct buf b = {};
	char buf[32];

	if (!caps || __builtin_popcountll(lacks) > LACKS_MAX)
		return;
	buf_puts(&b, lacks ? "all but" : "all");
	for (unsigned int cap = 0; cap < 64; cap++)
		if (lacks >> cap & 1)
			buf_printf(&b, "%s %s", lacks & ((UINT64_C(1) << cap) - 1) ? "," : "",
				   cap_name(cap, buf));
	if (!b.failed)
		doc_summary(d, "%.*s", (int)b.len, b.data);
	buf_done(&b);
}

static void put_added(const struct proc_status *status, const struct container_info *container,
		      uint64_t all, struct doc *d)
{
	uint64_t usual;

	if (!container || !caps_default(container->runtime, &usual))
		return;
	usual &= all;
	put_caps("added", "added to the usual set", status->cap_bnd & ~usual, d);
	if (usual != all)
		sum_up(status->cap_bnd & ~usual, all & ~usual, d);
	put_caps("dropped", "dropped from it", usual & ~status->cap_bnd, d);
	doc_note(d, "%.*s gives its containers %d by itself, compared with the bounding set",
		 (int)container->runtime.len, container->runtime.p, __builtin_popcountll(usual));
}

static void put_capabilities(struct subject *s, const struct proc_status *status,
			     const struct container_info *container, struct doc *d)
{
	uint64_t all = all_caps(s->world);

	doc_group(d, "capabilities", NULL);
	for (size_t i = 0; i < sizeof(cap_sets) / sizeof(cap_sets[0]); i++) {
		uint64_t caps = caps_of(status, cap_sets[i].line);

		if (!proc_status_has(status, cap_sets[i].line)) {
			doc_missing(d, cap_sets[i].key, NULL, -ENOENT);
			continue;
		}
		put_caps(cap_sets[i].key, NULL, caps, d);
		if (i && caps && caps == status->cap_eff)
			doc_summary(d, "as effective");
		else
			sum_up(caps, all, d);
	}
	if (proc_status_has(status, STATUS_CAP_BND))
		put_added(status, container, all, d);
	doc_end(d);
}

/* ---- seccomp and the like ---- */

static void put_seccomp(const struct proc_status *status, struct doc *d)
{
	const char *mode = seccomp_name(status->seccomp);

	if (!proc_status_has(status, STATUS_SECCOMP))
		doc_missing(d, "seccomp", NULL, -ENOENT);
	else if (mode)
		doc_text(d, "seccomp", NULL, "%s", mode);
	else
		doc_text(d, "seccomp", NULL, "mode %u", status->seccomp);
	if (proc_status_has(status, STATUS_SECCOMP_FILTERS))
		doc_u64(d, "seccomp_filters", "seccomp filters", status->seccomp_filters);
	else
		doc_missing(d, "seccomp_filters", "seccomp filters", -ENOENT);
	if (proc_status_has(status, STATUS_NO_NEW_PRIVS))
		doc_bool(d, "no_new_privs", "no new privileges", status->no_new_privs);
	else
		doc_missing(d, "no_new_privs", "no new privileges", -ENOENT);
	/* Neither status nor another file has them; prctl(2) tells a process only its own. */
	doc_missing_for(d, "securebits", NULL, "no file of /proc tells them");
}

/* ---- security modules ---- */

static void put_label(const struct subject *s, struct str module, const char *file, struct doc *d)
{
	_cleanup_free_ char *buf = malloc(PROC_LABEL_SIZE);
	struct str label;
	size_t len = 0;
	int r = buf ? procfs_read(s->live_fd, file, buf, PROC_LABEL_SIZE, &len, NULL) : -ENOMEM;

	if (!doc_item(d))
		return;
	doc_str(d, "module", NULL, module);
	label = parse_label(str_from(buf, r < 0 ? 0 : len));
	/* EINVAL: the module that answers has no label for it, or none does at all. */
	if (r == -EINVAL || (r == 0 && !label.len))
		doc_none(d, "label", NULL);
	else if (r < 0)
		doc_missing(d, "label", NULL, r);
	else
		doc_str(d, "label", NULL, label);
	doc_end(d);
}

/* The modules that give processes a label, and the file that has it; "" in older kernels too. */
static const struct {
	struct str module;
	const char *file, *old_file;
} labelled[] = {
	{ STR_LITERAL("apparmor"), "attr/apparmor/current", "attr/current" },
	{ STR_LITERAL("smack"), "attr/smack/current", "attr/current" },
	{ STR_LITERAL("selinux"), "attr/current", "attr/current" },
};

static void put_module(const struct subject *s, struct str module, struct doc *d)
{
	for (size_t i = 0; i < sizeof(labelled) / sizeof(labelled[0]); i++) {
		bool has_own;

		if (!str_eq(labelled[i].module, module))
			continue;
		has_own = faccessat(s->live_fd, labelled[i].file, F_OK, 0) == 0;
		put_label(s, module, has_own ? labelled[i].file : labelled[i].old_file, d);
	}
}

static int read_modules(const struct world *w, char buf[LSM_LIST_SIZE], struct str *ret_list)
{
	_cleanup_close_ int root_fd = open(w->options.host_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t len;
	int r = root_fd < 0 ? -errno :
			      procfs_read(root_fd, "sys/kernel/security/lsm", buf, LSM_LIST_SIZE,
					  &len, NULL);

	if (r == 0)
		*ret_list = scan_trim(str_from(buf, len));
	return r == -ESRCH ? -ENOENT : r;
}

static void put_labels(const struct subject *s, struct doc *d)
{
	char buf[LSM_LIST_SIZE];
	struct str list;
	int r = read_modules(s->world, buf, &list);

	/* securityfs is not mounted, or not here: whoever answers is asked. */
	if (r < 0) {
		doc_missing(d, "security_modules", "security modules", r);
		doc_list(d, "labels", NULL);
		put_label(s, STR_LITERAL("any"), "attr/current", d);
		doc_end(d);
		return;
	}
	doc_str(d, "security_modules", "security modules", list);
	doc_list(d, "labels", NULL);
	while (list.len) {
		const char *comma = memchr(list.p, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.p) : list.len;

		put_module(s, str_from(list.p, len), d);
		len += comma != NULL;
		list = str_from(list.p + len, list.len - len);
	}
	doc_end(d);
}

/* ---- who may look at it ---- */

/*
 * What a process that is not dumpable has in /proc belongs to root, and everything else to
 * its effective user (proc(5)); so of root's nothing can be told.
 */
static void put_dumpable(const struct subject *s, const struct proc_status *status, struct doc *d)
{
	struct stat st;

	if (!s->world->is_live)
		return;
	if (fstat(s->live_fd, &st) < 0)
		doc_missing(d, "dumpable", NULL, -errno);
	else if (!proc_status_has(status, STATUS_UID) || status->uid[STATUS_EFFECTIVE] == 0)
		doc_missing_for(d, "dumpable", NULL, "of root's processes /proc does not tell");
	else
		doc_bool(d, "dumpable", NULL, st.st_uid == status->uid[STATUS_EFFECTIVE]);
}

/* Documentation/admin-guide/LSM/Yama.rst */
static void put_ptrace_scope(const struct subject *s, struct doc *d)
{
	static const char *const meanings[] = {
		"whoever has the same ids may trace",
		"only its ancestors, and whom it allows",
		"only with CAP_SYS_PTRACE",
		"nobody may trace",
	};
	_cleanup_close_ int fd =
		openat(s->world->proc_fd, "sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	char buf[16];
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	uint32_t scope;

	if (n < 0) {
		doc_missing(d, "ptrace_scope", "ptrace scope", -errno);
	} else if (parse_u32_value(str_from(buf, (size_t)n), &scope) < 0) {
		doc_missing(d, "ptrace_scope", "ptrace scope", -EBADMSG);
	} else {
		doc_u64(d, "ptrace_scope", "ptrace scope", scope);
		if (scope < sizeof(meanings) / sizeof(meanings[0]))
			doc_note(d, "%s", meanings[scope]);
	}
}

static void put_tracer(const struct subject *s, const struct proc_status *status, struct doc *d)
{
	const struct resident *tracer;

	if (!proc_status_has(status, STATUS_TRACER_PID)) {
		doc_missing(d, "tracer", NULL, -ENOENT);
		return;
	}
	if (!status->tracer_pid) {
		doc_none(d, "tracer", NULL);
		return;
	}
	doc_u64(d, "tracer", NULL, status->tracer_pid);
	tracer = world_find(s->world, status->tracer_pid);
	if (tracer)
		doc_note(d, "%.*s", (int)tracer->comm_len, tracer->comm);
}

void inspect_privileges(struct subject *s, struct doc *d)
{
	const struct container_info *container = NULL;
	const struct containers_answer *answer;
	const struct proc_status *status;
	int r = subject_status(s, &status);

	if (subject_container(s, &answer) == 0)
		container = answer->container;
	if (r < 0) {
		doc_missing(d, "ids", NULL, r);
		return;
	}
	world_scan(s->world);
	put_credentials(s, status, d);
	put_capabilities(s, status, container, d);
	put_seccomp(status, d);
	put_labels(s, d);
	put_dumpable(s, status, d);
	put_ptrace_scope(s, d);
	put_tracer(s, status, d);
}
