// SPDX-License-Identifier: Apache-2.0
/*
 * cgpath.c - what a cgroup path says about containers
 *
 * The path is read from the root to the leaf, one component at a time, against one table. A
 * component that matches adds a container to the chain (or takes one away again); one that does
 * not lies inside whatever is around it. The first row decides, so the narrower rows stand first.
 */
#include "container/cgpath.h"

#include "container/cgid.h"

enum where {
	IN_ANY,
	IN_ROOT,   /* the first component */
	IN_TOP,	   /* the second, below the one named */
	IN_PARENT, /* directly below the one named */
	IN_GRAND,  /* two below the one named */
	IN_POD,	   /* directly below a Kubernetes pod */
};

enum action {
	ADD,   /* a container */
	NOT,   /* none, and nothing below it is guessed to be one */
	POD,   /* the id is a pod's */
	LEAVE, /* not part of the container around it after all */
};

struct rule {
	enum where where;
	const char *parent;
	const char *prefix;
	enum cgid_form form;
	const char *suffix;
	enum action action;
	enum cgpath_verdict verdict;
	const char *runtime;
	bool guessed;
};

/* clang-format off */
#define ADDS(where, parent, prefix, form, suffix, verdict, runtime, guessed) \
	{ where, parent, prefix, form, suffix, ADD, verdict, runtime, guessed }
#define CONTAINER_ROW(where, parent, prefix, form, suffix, runtime, guessed) \
	ADDS(where, parent, prefix, form, suffix, CGPATH_CONTAINER, runtime, guessed)
#define BY_ID(prefix, suffix, runtime) \
	CONTAINER_ROW(IN_ANY, NULL, prefix, CGID_HEX64, suffix, runtime, false)
#define BY_NAME(where, parent, prefix, form, suffix, runtime) \
	ADDS(where, parent, prefix, form, suffix, CGPATH_NAME, runtime, false)
#define BUILD_STEP(where, parent, prefix, form, suffix, runtime) \
	ADDS(where, parent, prefix, form, suffix, CGPATH_BUILD, runtime, false)
#define NOT_ONE(where, prefix, form, suffix) \
	{ where, NULL, prefix, form, suffix, NOT, CGPATH_HOST, "", false }
/* clang-format on */

static const struct rule rules[] = {
	/* Monitors and helpers, some of which carry the id of what they look after. */
	NOT_ONE(IN_ANY, "libpod-conmon-", CGID_ANY, ""),
	NOT_ONE(IN_ANY, "crio-conmon-", CGID_ANY, ""),
	NOT_ONE(IN_ANY, "conmon", CGID_NONE, ""),
	NOT_ONE(IN_ANY, "podman-pause-", CGID_ANY, ""),
	NOT_ONE(IN_ANY, "lxc.monitor.", CGID_ANY, ""),
	NOT_ONE(IN_ANY, "lxc.monitor", CGID_NONE, ""),
	NOT_ONE(IN_ANY, "machine-qemu\\x2d", CGID_ANY, ".scope"),
	{ IN_ANY, NULL, "supervisor", CGID_NONE, "", LEAVE, CGPATH_HOST, "", false },

	/* What runtimes make to put containers into. */
	NOT_ONE(IN_ROOT, "init", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "docker", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "libpod_parent", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "kubepods", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "buildkit", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "lxc", CGID_NONE, ""),
	NOT_ONE(IN_ROOT, "lxc.pivot", CGID_NONE, ""),

	/* Pods that are named by 64 digits as containers are. */
	{ IN_PARENT, "libpod_parent", "", CGID_HEX64, "", POD, CGPATH_POD, "podman", false },

	BY_ID("docker-", ".scope", "docker"),
	BY_ID("libpod-", ".scope", "podman"),
	BY_ID("libpod-", "", "podman"),
	BY_ID("libpod-payload-", "", "podman"), /* --cgroups=split */
	BY_ID("crio-", ".scope", "cri-o"),
	BY_ID("crio-", "", "cri-o"),
	BY_ID("cri-containerd-", ".scope", "containerd"),
	BY_ID("nerdctl-", ".scope", "containerd"),

	BUILD_STEP(IN_PARENT, "buildkit", "", CGID_BASE36, "", "buildkit"),
	BUILD_STEP(IN_ANY, NULL, "buildah-", CGID_ANY, ".scope", "buildah"),
	BUILD_STEP(IN_ANY, NULL, "buildah-", CGID_ANY, "", "buildah"),

	BY_NAME(IN_ANY, NULL, "lxc.payload.", CGID_ANY, "", "lxc"),
	BY_NAME(IN_TOP, "lxc", "", CGID_ANY, "", "lxc"),
	BY_NAME(IN_ANY, NULL, "machine-lxc\\x2d", CGID_ESCAPED, ".scope", "libvirt-lxc"),
	BY_NAME(IN_ANY, NULL, "machine-", CGID_ESCAPED, ".scope", "systemd-nspawn"),
	BY_NAME(IN_ANY, NULL, "systemd-nspawn@", CGID_ESCAPED, ".service", "systemd-nspawn"),

	CONTAINER_ROW(IN_GRAND, "ecs", "", CGID_HEX64, "", "ecs", true),
	CONTAINER_ROW(IN_ANY, NULL, "", CGID_FARGATE, "", "ecs", true),
	CONTAINER_ROW(IN_PARENT, "garden", "", CGID_GARDEN, "", "garden", false),
	CONTAINER_ROW(IN_PARENT, "docker", "", CGID_HEX64, "", "docker", false),
	CONTAINER_ROW(IN_PARENT, "actions_job", "", CGID_HEX64, "", "docker", true),
	CONTAINER_ROW(IN_POD, NULL, "", CGID_HEX64, "", "containerd", true),
	CONTAINER_ROW(IN_ANY, NULL, "", CGID_HEX64, "", "", true),
};

/* The middle of "<slice>:<middle>:<id>": a systemd name used by the cgroupfs driver. */
static const struct {
	const char *name;
	const char *runtime;
} colon_runtimes[] = {
	{ "cri-containerd", "containerd" },
	{ "docker", "docker" },
	{ "libpod", "podman" },
	{ "crio", "cri-o" },
	{ "nerdctl", "containerd" },
};

/* What has been seen on the way from the root to this component. */
struct walk {
	size_t end;	   /* of this component */
	struct str name;   /* of this component */
	struct str parent; /* len 0: none */
	struct str grandparent;
	unsigned int depth;  /* components before this one */
	bool below_kubepods; /* a pod's directory may follow */
	bool in_pod;	     /* the parent is a pod */
	bool nothing;	     /* a NOT row matched: no guessing below it */
	bool monitor;	     /* it was a monitor's, not merely a place for containers */
	char pod_uid[CGID_POD_MAX + 1];
	char podman_pod[CGID_POD_MAX + 1];
	struct cgpath *out;
};

static bool is_here(const struct walk *w, const struct rule *r)
{
	switch (r->where) {
	case IN_ROOT:
		return w->depth == 0;
	case IN_TOP:
		return w->depth == 1 && str_eq(w->parent, str_of(r->parent));
	case IN_PARENT:
		return str_eq(w->parent, str_of(r->parent));
	case IN_GRAND:
		return str_eq(w->grandparent, str_of(r->parent));
	case IN_POD:
		return w->in_pod;
	case IN_ANY:
		break;
	}
	return true;
}

static bool rule_matches(const struct walk *w, const struct rule *r, char *id)
{
	size_t prefix_len = strlen(r->prefix), suffix_len = strlen(r->suffix);
	struct str s = w->name;

	if (s.len < prefix_len + suffix_len || !is_here(w, r))
		return false;
	if (memcmp(s.p, r->prefix, prefix_len) != 0 ||
	    memcmp(s.p + s.len - suffix_len, r->suffix, suffix_len) != 0)
		return false;
	return cgid_take(str_from(s.p + prefix_len, s.len - prefix_len - suffix_len), r->form, id);
}

static void add_match(struct walk *w, enum cgpath_verdict verdict, const char *runtime,
		      bool guessed, const char *id)
{
	struct cgpath *out = w->out;
	struct cgpath_match *m;

	if (out->match_len == CGPATH_CHAIN_MAX) {
		memmove(out->match, out->match + 1, sizeof(out->match) - sizeof(out->match[0]));
		out->match_len--;
	}
	m = &out->match[out->match_len++];
	*m = (struct cgpath_match){ .verdict = verdict,
				    .runtime = runtime,
				    .runtime_guessed = guessed,
				    .end = w->end };
	strcpy(m->id, id);
	strcpy(m->pod_uid, w->pod_uid[0] ? w->pod_uid : w->podman_pod);
	if (str_eq(w->grandparent, STR_LITERAL("ecs")) && w->parent.len <= CGID_POD_MAX) {
		/* What ECS calls a task is a pod by another name. */
		memcpy(m->pod_uid, w->parent.p, w->parent.len);
		m->pod_uid[w->parent.len] = '\0';
	}
	w->pod_uid[0] = '\0';
	w->podman_pod[0] = '\0';
	w->below_kubepods = w->nothing = w->monitor = false;
}

static struct str without_suffix(struct str s, struct str suffix)
{
	if (s.len < suffix.len || memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) != 0)
		return str_from(s.p, 0);
	return str_from(s.p, s.len - suffix.len);
}

static struct str after_last(struct str s, const char *needle)
{
	size_t len = strlen(needle);

	for (size_t i = s.len; i-- > 0;) {
		if (s.len - i >= len && memcmp(s.p + i, needle, len) == 0)
			return str_from(s.p + i + len, s.len - i - len);
	}
	return str_from(s.p, 0);
}

/* "kubepods-burstable-pod<uid>.slice", with any cgroup root before "kubepods". */
static bool take_pod_slice(struct str name, char *out)
{
	struct str s = without_suffix(name, STR_LITERAL(".slice"));

	if (s.len == 0 || !memmem(s.p, s.len, "kubepods-", 9))
		return false;
	return cgid_take_pod_uid(after_last(s, "-pod"), out);
}

/* Notes pods and what leads to them. True if the component is one. */
static bool visit_pod(struct walk *w)
{
	struct str s = w->name, podman;
	bool child = w->below_kubepods;

	if (str_eq(s, STR_LITERAL("kubepods")) || str_eq(s, STR_LITERAL("kubepods.slice")))
		w->below_kubepods = true;
	if (take_pod_slice(s, w->pod_uid))
		return true;
	if (child && str_has_prefix(s, STR_LITERAL("pod")) &&
	    cgid_take_pod_uid(str_from(s.p + 3, s.len - 3), w->pod_uid))
		return true;
	podman = after_last(without_suffix(s, STR_LITERAL(".slice")), "libpod_pod_");
	if (cgid_is_hex64(podman)) {
		memcpy(w->podman_pod, podman.p, podman.len);
		w->podman_pod[podman.len] = '\0';
	}
	return false;
}

/* "<slice>:<runtime>:<id>" in one component. True if it was. */
static bool visit_colons(struct walk *w)
{
	const char *end = w->name.p + w->name.len;
	const char *first = w->name.len ? memchr(w->name.p, ':', w->name.len) : NULL;
	const char *second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
	struct str middle, id;
	char text[65];

	if (!second)
		return false;
	middle = str_from(first + 1, (size_t)(second - first - 1));
	id = str_from(second + 1, (size_t)(end - second - 1));
	if (!cgid_take(id, CGID_HEX64, text))
		return false;
	for (size_t i = 0; i < sizeof(colon_runtimes) / sizeof(colon_runtimes[0]); i++) {
		if (!str_eq(middle, str_of(colon_runtimes[i].name)))
			continue;
		take_pod_slice(str_from(w->name.p, (size_t)(first - w->name.p)), w->pod_uid);
		add_match(w, CGPATH_CONTAINER, colon_runtimes[i].runtime, false, text);
		return true;
	}
	return false;
}

static void visit_rules(struct walk *w)
{
	char id[CGID_MAX + 1];
	struct cgpath *out = w->out;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if (!rule_matches(w, r, id))
			continue;
		if (r->action == ADD) {
			add_match(w, r->verdict, r->runtime, r->guessed, id);
			return;
		}
		w->nothing = true;
		w->monitor = r->action == NOT && r->where == IN_ANY;
		if (r->action == POD)
			memcpy(w->podman_pod, id, CGID_POD_MAX + 1);
		/* nspawn's own process sits in a child of the machine's cgroup. */
		if (r->action == LEAVE && out->match_len &&
		    out->match[out->match_len - 1].end + 1 + w->name.len == w->end &&
		    strcmp(out->match[out->match_len - 1].runtime, "systemd-nspawn") == 0)
			out->match_len--;
		return;
	}
}

static bool is_systemd_unit(struct str s)
{
	static const struct str suffixes[] = {
		STR_LITERAL(".service"), STR_LITERAL(".scope"), STR_LITERAL(".slice"),
		STR_LITERAL(".socket"),	 STR_LITERAL(".mount"), STR_LITERAL(".swap"),
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (without_suffix(s, suffixes[i]).len)
			return true;
	}
	return false;
}

/* The guess about a path that no row knows: the leaf may be a runtime's name for it. */
static void guess(struct walk *w)
{
	struct str name = w->name;
	struct str scope = without_suffix(name, STR_LITERAL(".scope"));
	const char *runtime = w->depth == 2 ? "containerd" : "runc";
	char id[CGID_MAX + 1];

	if (w->nothing || name.len == 0 || str_eq(name, STR_LITERAL("..")))
		return;
	if (str_has_prefix(scope, STR_LITERAL("runc-")) ||
	    str_has_prefix(scope, STR_LITERAL("crun-"))) {
		runtime = scope.p[0] == 'r' ? "runc" : "crun";
		name = str_from(scope.p + 5, scope.len - 5);
	} else if (is_systemd_unit(name)) {
		return;
	}
	if (cgid_take(name, CGID_ANY, id))
		add_match(w, CGPATH_MAYBE, runtime, true, id);
}

static void visit(struct walk *w)
{
	bool is_pod;

	/* The kernel makes no such names; a line from elsewhere may hold them. */
	if (w->name.len > CGID_MAX || memchr(w->name.p, '\0', w->name.len))
		return;
	is_pod = visit_pod(w);
	if (!visit_colons(w))
		visit_rules(w);
	w->in_pod = is_pod;
}

void cgpath_parse(struct str path, struct cgpath *ret_cgpath)
{
	struct walk w = { .out = ret_cgpath };
	size_t i = 0;

	ret_cgpath->verdict = CGPATH_HOST;
	ret_cgpath->match_len = 0;
	ret_cgpath->pod_uid[0] = '\0';
	while (i < path.len) {
		size_t start = i;

		while (i < path.len && path.p[i] != '/')
			i++;
		if (i > start) {
			w.grandparent = w.parent;
			w.parent = w.name;
			w.name = str_from(path.p + start, i - start);
			w.end = i;
			visit(&w);
			w.depth++;
		}
		i++;
	}
	if (ret_cgpath->match_len) {
		ret_cgpath->verdict = cgpath_innermost(ret_cgpath)->verdict;
		return;
	}
	strcpy(ret_cgpath->pod_uid, w.pod_uid[0] ? w.pod_uid : w.podman_pod);
	if (ret_cgpath->pod_uid[0]) {
		/* conmon sits in the pod's slice, but it is the host's. */
		ret_cgpath->verdict = w.monitor ? CGPATH_HOST : CGPATH_POD;
		return;
	}
	guess(&w);
	if (ret_cgpath->match_len)
		ret_cgpath->verdict = CGPATH_MAYBE;
}

/* A build step, a name and an id are equally sure; HOST with a pod says more than without. */
static int rank(const struct cgpath *c)
{
	if (c->verdict >= CGPATH_BUILD)
		return 4;
	if (c->verdict == CGPATH_HOST)
		return c->pod_uid[0] ? 1 : 0;
	return c->verdict == CGPATH_MAYBE ? 2 : 3;
}

bool cgpath_is_better(const struct cgpath *a, const struct cgpath *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b);
	return a->match_len > b->match_len;
}
