// SPDX-License-Identifier: Apache-2.0
/*
 * gather_program.c - facts about the program that a process runs
 */
#include "enrich/gather.h"

#include <errno.h>

#include "procfs/words.h"

/* Facts that an exec replaces; whether one came between is seen by the link exe. */
#define EXEC_FACTS \
	(FACT_BIT(FACT_EXE) | FACT_BIT(FACT_FILE) | FACT_BIT(FACT_ARGS) | FACT_BIT(FACT_ENV))

/* Empty if it cannot be known; paths are then as the kernel gives them to us. */
static struct str gather_root(struct gather *g, int fd)
{
	struct proc_link root = { 0 };

	/* An error leaves it as it is. */
	read_root(fd, g->root, &root);
	return root.path;
}

static bool same_program(const struct event_process *p, const struct proc_link *exe,
			 struct str path)
{
	if (!event_has(p, FACT_EXE) || p->truncated & FACT_BIT(FACT_EXE))
		return true; /* nothing says otherwise */
	if (str_eq(p->executable, path))
		return true;
	return event_has(p, FACT_FILE) && exe->has_file && p->file.inode == exe->inode &&
	       p->file.dev_major == exe->dev_major && p->file.dev_minor == exe->dev_minor;
}

static void take_file(const struct gather *g, const struct proc_link *exe, struct event_process *p)
{
	struct event_file *f = &p->file;

	if (!exe->has_file)
		return;
	f->inode = exe->inode;
	f->dev_major = exe->dev_major;
	f->dev_minor = exe->dev_minor;
	f->mode = exe->mode;
	f->uid = exe->uid;
	f->memfd = g->memfd_known && exe->dev_major == g->memfd_major &&
		   exe->dev_minor == g->memfd_minor;
	f->deleted = exe->deleted && !f->memfd;
	event_set(p, FACT_FILE, SOURCE_PROCFS);
}

/* Returns which of the wanted facts of this program may still be read. */
static uint32_t gather_exe(struct gather *g, int fd, struct str root, uint32_t want,
			   struct event_process *p)
{
	struct proc_link exe;
	struct str path;
	int err = g->brief ? read_exe_name(fd, g->exe, &exe) : read_exe(fd, g->exe, &exe);

	/* The link goes when the memory goes, and arguments with it: they would read as empty. */
	if (err == -ENOENT || err == -ESRCH) {
		gather_miss(p, want & EXEC_FACTS, MISSING_GONE);
		return want & ~EXEC_FACTS;
	}
	if (err) {
		gather_miss(p, want & (FACT_BIT(FACT_EXE) | FACT_BIT(FACT_FILE)),
			    gather_reason(err));
		return want;
	}
	path = proc_link_below(exe.path, root);
	if (!same_program(p, &exe, path)) {
		gather_miss(p, want & EXEC_FACTS, MISSING_GONE);
		return want & ~EXEC_FACTS;
	}
	if (want & FACT_BIT(FACT_EXE)) {
		p->executable = path;
		event_set(p, FACT_EXE, SOURCE_PROCFS);
	}
	if (want & FACT_BIT(FACT_FILE))
		take_file(g, &exe, p);
	return want;
}

static void gather_args(struct gather *g, int fd, struct event_process *p)
{
	struct proc_words args;
	int err = read_cmdline(fd, g->args, sizeof(g->args), &args);

	if (err) {
		event_miss(p, FACT_ARGS, gather_reason(err));
		return;
	}
	p->args = args.text;
	p->args_count = args.count;
	event_set(p, FACT_ARGS, SOURCE_PROCFS);
	if (args.truncated)
		event_cut(p, FACT_ARGS);
}

static void gather_env(struct gather *g, int fd, struct event_process *p)
{
	struct proc_words all;
	bool cut;
	int err = read_environ(fd, g->environ, sizeof(g->environ), &all);

	if (err) {
		event_miss(p, FACT_ENV, gather_reason(err));
		return;
	}
	p->env = str_from(g->env, words_select(all.text, g->env_globs, g->env_globs_len, g->env,
					       sizeof(g->env), &cut));
	event_set(p, FACT_ENV, SOURCE_PROCFS);
	if (cut || all.truncated)
		event_cut(p, FACT_ENV);
}

static void gather_cwd(struct gather *g, int fd, struct str root, struct event_process *p)
{
	struct proc_link cwd;
	int err = read_cwd(fd, g->cwd, &cwd);

	if (err) {
		event_miss(p, FACT_CWD, err == -ENOENT ? MISSING_GONE : gather_reason(err));
		return;
	}
	p->cwd = proc_link_below(cwd.path, root);
	event_set(p, FACT_CWD, SOURCE_PROCFS);
}

void gather_program(struct gather *g, int fd, uint32_t want, struct event_process *p)
{
	struct str root = str_from(NULL, 0);

	if (!g->brief || want & FACT_BIT(FACT_CWD))
		root = gather_root(g, fd);

	if (want & EXEC_FACTS)
		want = gather_exe(g, fd, root, want, p);
	if (want & FACT_BIT(FACT_ARGS))
		gather_args(g, fd, p);
	if (want & FACT_BIT(FACT_ENV))
		gather_env(g, fd, p);
	if (want & FACT_BIT(FACT_CWD))
		gather_cwd(g, fd, root, p);
}
