// SPDX-License-Identifier: Apache-2.0
/*
 * filter.c - the options that choose what is shown, as a predicate on events
 */
#include "filter/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter/about.h"
#include "filter/fits.h"
#include "filter/line.h"
#include "filter/match_container.h"
#include "filter/terms.h"
#include "filter/tree.h"
#include "filter/values.h"

#define USUAL_KINDS                                                            \
	(KIND_BIT(EVENT_EXEC) | KIND_BIT(EVENT_EXIT) | KIND_BIT(EVENT_SETNS) | \
	 KIND_BIT(EVENT_UNSHARE) | CONTAINER_KINDS | KIND_BIT(EVENT_LOST) |    \
	 KIND_BIT(EVENT_THROTTLED))

/* What a list of words asks for. */
struct bits {
	unsigned int wanted;
	unsigned int unwanted;
};

struct filter {
	struct about about;
	struct terms users;
	struct terms logins;
	struct terms names;
	struct line *lines;	/* NULL: no pattern was given */
	struct terms pid_terms; /* the pids as text, for their signs */
	struct tree *tree;	/* NULL: no pid was asked for */
	uint32_t *pids;		/* the ones without '!' */
	size_t pids_len;
	bool in_container;
	bool host;
	bool isolated;
	bool no_setup;
	struct bits kinds; /* KIND_BIT; none wanted: the usual ones */
	bool existing;
	bool failed;
	struct bits ended;	      /* enum ended; none wanted: any */
	struct users *names_of_users; /* NULL before the first name */
	char *passwd_path;
	bool recorded_names; /* events of a log: the names they carry count */
};

int filter_new(struct filter **ret_filter)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->passwd_path = strdup("/etc/passwd");
	if (!f->passwd_path) {
		filter_free(f);
		return -ENOMEM;
	}
	*ret_filter = f;
	return 0;
}

int filter_use_names(struct filter *f, const char *passwd_path, bool recorded_names)
{
	char *copy = strdup(passwd_path);

	if (!copy)
		return -ENOMEM;
	free(f->passwd_path);
	f->passwd_path = copy;
	f->recorded_names = recorded_names;
	return 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	about_done(&f->about);
	terms_done(&f->users);
	users_free(f->names_of_users);
	free(f->passwd_path);
	terms_done(&f->logins);
	terms_done(&f->names);
	line_free(f->lines);
	terms_done(&f->pid_terms);
	tree_free(f->tree);
	free(f->pids);
	free(f);
}

/* ---- adding values ---- */

/* Starts following the pids that the last list added. */
static int add_roots(struct filter *f, size_t first)
{
	int r = f->tree ? 0 : tree_new(0, &f->tree);

	for (size_t i = first; r == 0 && i < f->pid_terms.len; i++) {
		const struct term *term = &f->pid_terms.items[i];
		unsigned int bits = term->negated ? TREE_UNWANTED : TREE_WANTED;
		uint32_t *pids;

		r = tree_add_root(f->tree, term->number, bits);
		if (r < 0 || term->negated)
			continue;
		pids = reallocarray(f->pids, f->pids_len + 1, sizeof(*pids));
		if (!pids)
			return -ENOMEM;
		f->pids = pids;
		f->pids[f->pids_len++] = term->number;
	}
	return r;
}

static int add_pids(struct filter *f, const char *value, char **ret_error)
{
	size_t first = f->pid_terms.len;
	int r = terms_add_list(&f->pid_terms, value, value_pid, NULL, ret_error);

	return r < 0 ? r : add_roots(f, first);
}

static int add_users(struct filter *f, struct terms *terms, const char *value, bool may_be_unknown,
		     char **ret_error)
{
	struct user_names names = { .may_be_unknown = may_be_unknown };
	int r = 0;

	if (!f->names_of_users)
		r = users_new(f->passwd_path, &f->names_of_users);
	if (r < 0)
		return r;
	names.users = f->names_of_users;
	return terms_add_list(terms, value, value_user, &names, ret_error);
}

/* For lists whose values are bits: the terms themselves are not kept. */
static int add_bits(const char *value, terms_fill fill, struct bits *bits, char **ret_error)
{
	struct terms terms = {};
	int r = terms_add_list(&terms, value, fill, NULL, ret_error);

	for (size_t i = 0; i < terms.len; i++) {
		const struct term *term = &terms.items[i];

		*(term->negated ? &bits->unwanted : &bits->wanted) |= term->number;
	}
	terms_done(&terms);
	return r;
}

int filter_add(struct filter *f, enum filter_key key, const char *value, char **ret_error)
{
	switch (key) {
	case FILTER_CONTAINER:
		return about_add(&f->about, ABOUT_CONTAINER, value, ret_error);
	case FILTER_IMAGE:
		return about_add(&f->about, ABOUT_IMAGE, value, ret_error);
	case FILTER_RUNTIME:
		return about_add(&f->about, ABOUT_RUNTIME, value, ret_error);
	case FILTER_POD:
		return about_add(&f->about, ABOUT_POD, value, ret_error);
	case FILTER_LABEL:
		return about_add(&f->about, ABOUT_LABEL, value, ret_error);
	case FILTER_ISOLATED:
		f->isolated = true;
		return 0;
	case FILTER_NO_SETUP:
		f->no_setup = true;
		return 0;
	case FILTER_IN_CONTAINER:
		f->in_container = true;
		return 0;
	case FILTER_HOST:
		f->host = true;
		return 0;
	case FILTER_PID:
		return add_pids(f, value, ret_error);
	case FILTER_USER:
		return add_users(f, &f->users, value, f->recorded_names, ret_error);
	case FILTER_LOGIN:
		return add_users(f, &f->logins, value, false, ret_error);
	case FILTER_NAME:
		return terms_add_list(&f->names, value, NULL, NULL, ret_error);
	case FILTER_LINE:
		return line_add(&f->lines, value, ret_error);
	case FILTER_EVENT:
		return add_bits(value, value_kind, &f->kinds, ret_error);
	case FILTER_FAILED:
		f->failed = true;
		return 0;
	case FILTER_ENDED:
		return add_bits(value, value_ended, &f->ended, ret_error);
	case FILTER_EXISTING:
		f->existing = true;
		return 0;
	}
	return terms_error(ret_error, "no such filter");
}

static unsigned int shown_kinds(const struct filter *f)
{
	unsigned int kinds = f->kinds.wanted ? f->kinds.wanted : USUAL_KINDS;

	if (f->existing)
		kinds |= KIND_BIT(EVENT_PROCESS);
	return (kinds & ~f->kinds.unwanted) | KIND_BIT(EVENT_LOST);
}

int filter_check(const struct filter *f, char **ret_error)
{
	const unsigned int only_lost = KIND_BIT(EVENT_LOST);

	if (f->in_container && f->host)
		return terms_error(ret_error,
				   "--containers and --host exclude each other: leave one out");
	if (shown_kinds(f) == only_lost &&
	    (!(f->kinds.wanted & only_lost) || (f->kinds.unwanted & only_lost)))
		return terms_error(ret_error, "--event leaves no kind of event to show");
	return 0;
}

/* ---- matching ---- */

static bool matches_line(const struct filter *f, const struct event_process *p)
{
	return !f->lines || (event_has(p, FACT_ARGS) && line_match(f->lines, p->args));
}

static bool matches_tree(const struct filter *f, const struct event *e)
{
	unsigned int bits = 0;

	if (!f->tree)
		return true;
	if (e->about_process)
		bits = tree_find(f->tree, e->proc.pid, e->proc.start_ns);
	if (bits & TREE_UNWANTED)
		return false;
	/* A signal is also the target's matter. */
	if (e->kind == EVENT_SIGNAL && e->signal.target.pid)
		bits |= tree_find(f->tree, e->signal.target.pid, e->signal.target.start_ns);
	return f->pids_len == 0 || (bits & TREE_WANTED);
}

static bool matches_place(const struct filter *f, const struct event *e)
{
	bool inside = event_is_about_container(e) || (e->about_process && e->proc.container);

	if (f->in_container && !inside)
		return false;
	if (f->isolated && !(e->about_process && e->proc.isolated))
		return false;
	if (f->no_setup && e->entered == ENTERED_SETUP)
		return false;
	return !(f->host && inside);
}

bool filter_match(const struct filter *f, const struct event *e)
{
	static const struct event_process nobody;
	const struct event_process *p = e->about_process ? &e->proc : &nobody;

	if (e->kind == EVENT_LOST)
		return true;
	if (!matches_place(f, e) || !about_match(&f->about, e))
		return false;
	if (e->kind == EVENT_THROTTLED)
		return true;
	return matches_tree(f, e) &&
	       terms_match(&f->users, f->recorded_names ? fits_recorded_user : fits_user, p) &&
	       terms_match(&f->logins, fits_login, p) && terms_match(&f->names, fits_name, p) &&
	       matches_line(f, p);
}

bool filter_can_exclude(const struct filter *f)
{
	/* Whose descendants are asked for must be seen wherever they are. */
	return !f->tree && (f->host || f->isolated || about_is_any(&f->about));
}

bool filter_excludes(const struct filter *f, const struct container_info *container)
{
	return filter_can_exclude(f) &&
	       (f->host || f->isolated || about_excludes(&f->about, container));
}

bool filter_shows_matched(const struct filter *f, const struct event *e)
{
	if (e->kind == EVENT_LOST)
		return true;
	return filter_wants(f, e->kind) && (!e->error || f->failed) &&
	       (e->kind != EVENT_EXIT || fits_end(&e->exit, f->ended.wanted, f->ended.unwanted));
}

bool filter_shows(const struct filter *f, const struct event *e)
{
	return filter_shows_matched(f, e) && filter_match(f, e);
}

bool filter_wants(const struct filter *f, enum event_kind kind)
{
	return shown_kinds(f) & KIND_BIT(kind);
}

bool filter_wants_failed(const struct filter *f)
{
	return f->failed;
}

uint32_t filter_facts(const struct filter *f)
{
	return (f->users.len ? 1u << FACT_CREDS : 0) | (f->logins.len ? 1u << FACT_LOGIN : 0) |
	       (f->names.len ? 1u << FACT_NAME | 1u << FACT_EXE : 0) |
	       (f->lines ? 1u << FACT_ARGS : 0);
}

bool filter_wants_labels(const struct filter *f)
{
	return f->about.terms[ABOUT_LABEL].len;
}

/* ---- process trees, and what was asked for ---- */

void filter_track(struct filter *f, const struct event *e)
{
	if (f->tree)
		tree_track(f->tree, e);
}

bool filter_track_running(struct filter *f, const struct event_ref *proc,
			  const struct event_ref *parent)
{
	return f->tree && tree_track_running(f->tree, proc, parent);
}

uint64_t filter_track_evicted(const struct filter *f)
{
	return f->tree ? tree_evicted(f->tree) : 0;
}

uint64_t filter_lines_undecided(const struct filter *f)
{
	return f->lines ? line_undecided(f->lines) : 0;
}

const uint32_t *filter_pids(const struct filter *f, size_t *ret_len)
{
	*ret_len = f->pids_len;
	return f->pids;
}

size_t filter_containers_len(const struct filter *f)
{
	return f->about.terms[ABOUT_CONTAINER].positive_len;
}

const char *filter_container_value(const struct filter *f, size_t index)
{
	return about_container(&f->about, index);
}

bool filter_container_known(const struct filter *f, size_t index,
			    const struct container_info *container)
{
	const char *value = about_container(&f->about, index);

	return value && match_container(value, container);
}
