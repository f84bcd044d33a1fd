// SPDX-License-Identifier: Apache-2.0
/*
 * test_cgpath.c - the rules for cgroup paths, against the collected cases
 */
#include "container/cgpath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "container/cgline.h"

#define A64 "01edc321c9f95e629de1c8d97bfc5b8e1ad1595623e220b7ab1527e3a92f4e92"
#define B64 "1c651c40a304207b79713a4e47444e18397c7a070e8e30690aaa975cbce8cb79"

static struct cgpath judge(const char *path)
{
	struct cgpath c;

	cgpath_parse(str_of(path), &c);
	return c;
}

/* The file's words for a verdict, as each may be read. */
static bool verdict_fits(const char *words, const struct cgpath *c)
{
	if (strncmp(words, "host", 4) == 0)
		return c->verdict == CGPATH_HOST;
	if (strncmp(words, "pod", 3) == 0)
		return c->verdict == CGPATH_POD;
	if (strncmp(words, "build", 5) == 0)
		return c->verdict == CGPATH_BUILD;
	if (strcmp(words, "container") == 0)
		return c->verdict == CGPATH_CONTAINER;
	if (strncmp(words, "container (name", 15) == 0)
		return c->verdict == CGPATH_NAME || c->verdict == CGPATH_MAYBE;
	return false;
}

static void check_case(char *line, unsigned int number)
{
	char *field[5], *save = line;
	const struct cgpath_match *m;
	struct cgpath c;
	const char *pod_uid;

	for (int i = 0; i < 5; i++) {
		field[i] = strsep(&save, "\t");
		assert_non_null(field[i]);
	}
	cgline_judge(str_of(field[0]), &c);
	m = cgpath_innermost(&c);
	pod_uid = m ? m->pod_uid : c.pod_uid;
	assert_int_equal(m != NULL, c.verdict != CGPATH_HOST && c.verdict != CGPATH_POD);
	if (!verdict_fits(field[1], &c))
		fail_msg("line %u: verdict %d, not %s", number, c.verdict, field[1]);
	if (strstr(field[1], "name unknown")) {
		/* nspawn's "payload": only who runs beside it tells, else it is like any other. */
		assert_int_equal(c.verdict, CGPATH_MAYBE);
		assert_true(m->runtime_guessed);
		return;
	}
	assert_string_equal(m ? m->id : "", strcmp(field[3], "-") == 0 ? "" : field[3]);
	if (strncmp(field[2], "unknown", 7) == 0)
		assert_string_equal(m->runtime, "");
	else if (m &&
		 (!m->runtime[0] || strncasecmp(field[2], m->runtime, strlen(m->runtime)) != 0))
		fail_msg("line %u: runtime %s, not %s", number, m->runtime, field[2]);
	if (strncmp(field[4], "task ", 5) == 0)
		field[4] += 5;
	assert_string_equal(pod_uid, strcmp(field[4], "-") == 0 ? "" : field[4]);
}

static void test_collected_cases(void **state)
{
	char line[4096];
	unsigned int number = 1;
	FILE *f;

	(void)state;
	f = fopen("tests/fixtures/cgroup-paths.tsv", "re");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f)); /* the head of the table */
	while (fgets(line, sizeof(line), f))
		check_case(line, ++number);
	fclose(f);
	assert_true(number >= 42);
}

/* Each differs from a container's path in one thing. */
static void test_near_misses(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"//",
		"/docker",
		"/docker/" A64 "0", /* 65 digits */
		"/docker/1edc321c9f95e629de1c8d97bfc5b8e1ad1595623e220b7ab1527e3a92f4e92", /* 63 */
		"/docker/01EDC321c9f95e629de1c8d97bfc5b8e1ad1595623e220b7ab1527e3a92f4e92",
		"/docker/g1edc321c9f95e629de1c8d97bfc5b8e1ad1595623e220b7ab1527e3a92f4e92",
		"/system.slice/docker-" A64 "0.scope",
		"/system.slice/docker-" A64 ".service",
		"/system.slice/xdocker-" A64 ".scope",
		"/system.slice/docker-.scope",
		"/docker/buildkit/n4eu0udvbz9vfzjy71jkvgkw",   /* 24 */
		"/docker/buildkit/n4eu0udvbz9vfzjy71jkvgkwhh", /* 26 */
		"/machine.slice/machine-.scope",
		"/machine.slice/machine-a\\x2.scope",
		"/machine.slice/machine-a\\x00b.scope",
		"/machine.slice/machine-a\\x2fb.scope",
		"/machine.slice/machine-a\\",
		"/machine.slice/machine-web.scope/supervisor",
		"/system.slice/systemd-nspawn@web.service/supervisor",
		"/lxc.payload.",
		"/lxc.monitor.web",
		"/libpod_parent/conmon",
		"/ecs/55091c13b8cf4801b527f4601742204d/55091c13b8cf4801b527f4601742204d",
		"/ecs/55091c13b8cf4801b527f4601742204d/55091c13b8cf4801b527f4601742204d-",
		("/system.slice:docker:" A64 "0"),
		("/system.slice:other:" A64),
		"/garden/6f265890-5165-7fab-6b52-18d",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct cgpath c = judge(paths[i]);

		if (c.verdict >= CGPATH_POD)
			fail_msg("taken for a container: %s", paths[i]);
	}
}

static void test_forms(void **state)
{
	static const struct {
		const char *path;
		enum cgpath_verdict verdict;
		const char *runtime;
		const char *id;
	} rows[] = {
		{ "/docker/" A64, CGPATH_CONTAINER, "docker", A64 },
		{ "/docker/" A64 "/", CGPATH_CONTAINER, "docker", A64 },
		{ "/docker/" A64 "/a/b/c", CGPATH_CONTAINER, "docker", A64 },
		{ "/../" A64, CGPATH_CONTAINER, "", A64 },
		{ "/" A64, CGPATH_CONTAINER, "", A64 },
		{ "/system.slice:docker:" A64, CGPATH_CONTAINER, "docker", A64 },
		{ "/system.slice/web.service/libpod-payload-" A64, CGPATH_CONTAINER, "podman",
		  A64 },
		{ "/libpod_parent/" A64 "/libpod-" B64, CGPATH_CONTAINER, "podman", B64 },
		{ "/x.slice/nerdctl-" A64 ".scope", CGPATH_CONTAINER, "containerd", A64 },
		{ "/buildah-buildah4242", CGPATH_BUILD, "buildah", "buildah4242" },
		{ "/lxc/old", CGPATH_NAME, "lxc", "old" },
		{ "/a/lxc/old", CGPATH_MAYBE, "runc", "old" },
		{ "/machine.slice/machine-a\\x2db.scope", CGPATH_NAME, "systemd-nspawn", "a-b" },
		{ "/system.slice/systemd-nspawn@web.service/payload", CGPATH_NAME, "systemd-nspawn",
		  "web" },
		{ "/machine.slice/machine-lxc\\x2d1\\x2dv.scope", CGPATH_NAME, "libvirt-lxc",
		  "1-v" },
		{ "/user.slice/runc-mine.scope", CGPATH_MAYBE, "runc", "mine" },
		{ "/user.slice/crun-mine.scope", CGPATH_MAYBE, "crun", "mine" },
		{ "/ecs/55091c13b8cf4801b527f4601742204d/55091c13b8cf4801b527f4601742204d-42",
		  CGPATH_CONTAINER, "ecs", "55091c13b8cf4801b527f4601742204d-42" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cgpath c = judge(rows[i].path);

		assert_int_equal(c.verdict, rows[i].verdict);
		assert_string_equal(cgpath_innermost(&c)->runtime, rows[i].runtime);
		assert_string_equal(cgpath_innermost(&c)->id, rows[i].id);
	}
}

static void test_chain(void **state)
{
	static const char path[] = "/docker/" A64 "/docker/" B64 "/inside";
	struct cgpath c = judge(path);

	(void)state;
	assert_int_equal(c.match_len, 2);
	assert_string_equal(c.match[0].id, A64);
	assert_int_equal(c.match[0].end, strlen("/docker/" A64));
	assert_string_equal(c.match[1].id, B64);
	assert_int_equal(c.match[1].end, strlen(path) - strlen("/inside"));
	assert_string_equal(c.match[1].runtime, "docker");

	/* A monitor inside a container belongs to that container. */
	c = judge("/docker/" A64 "/libpod_parent/conmon");
	assert_int_equal(c.match_len, 1);
	assert_string_equal(c.match[0].id, A64);
}

static void test_chain_has_a_limit(void **state)
{
	char path[CGPATH_CHAIN_MAX * 2 * 80] = "";
	struct cgpath c;

	(void)state;
	for (int i = 0; i < CGPATH_CHAIN_MAX + 3; i++)
		strcat(path, i % 2 ? "/docker/" B64 : "/docker/" A64);
	strcat(path, "/lxc.payload.last");
	c = judge(path);
	assert_int_equal(c.match_len, CGPATH_CHAIN_MAX);
	assert_string_equal(cgpath_innermost(&c)->id, "last");
	assert_int_equal(cgpath_innermost(&c)->end, strlen(path));
}

static void test_pods(void **state)
{
	struct cgpath c = judge("/kubepods/burstable/pod09a70ae9-ccc4-91e6-51e5-c773579b3490");

	(void)state;
	assert_int_equal(c.verdict, CGPATH_POD);
	assert_string_equal(c.pod_uid, "09a70ae9-ccc4-91e6-51e5-c773579b3490");
	c = judge("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod1_2.slice");
	assert_int_equal(c.verdict, CGPATH_POD);
	assert_string_equal(c.pod_uid, "1-2");
	c = judge("/libpod_parent/" A64);
	assert_int_equal(c.verdict, CGPATH_POD);
	assert_string_equal(c.pod_uid, A64);
	c = judge("/libpod_parent/" A64 "/conmon");
	assert_int_equal(c.verdict, CGPATH_HOST);
	/* The same directory's name without Kubernetes around it. */
	c = judge("/burstable/pod09a70ae9-ccc4-91e6-51e5-c773579b3490");
	assert_int_equal(c.verdict, CGPATH_MAYBE);
	/* A pod's uid is not handed on to a container inside the pod's container. */
	c = judge("/kubepods/pod1/" A64 "/docker/" B64);
	assert_string_equal(c.match[0].pod_uid, "1");
	assert_string_equal(c.match[1].pod_uid, "");
}

static void test_hostile_bytes(void **state)
{
	static const char nul[] = "/lxc.payload.a\0b";
	char long_name[400] = "/lxc.payload.";
	struct cgpath c;

	(void)state;
	cgpath_parse(str_from(nul, sizeof(nul) - 1), &c);
	assert_true(c.verdict < CGPATH_POD);
	memset(long_name + strlen(long_name), 'a', 380);
	long_name[393] = '\0';
	c = judge(long_name);
	assert_true(c.verdict < CGPATH_POD);
	c = judge("/lxc.payload.\x1b[31m\xff");
	assert_string_equal(cgpath_innermost(&c)->id, "\x1b[31m\xff");
	cgpath_parse(str_from(NULL, 0), &c);
	assert_int_equal(c.verdict, CGPATH_HOST);
}

static void test_lines(void **state)
{
	struct cgline line;

	(void)state;
	assert_int_equal(cgline_parse(STR_LITERAL("0::/a:b:c (deleted)"), &line), 0);
	assert_true(line.v2);
	assert_true(str_eq(line.path, STR_LITERAL("/a:b:c")));
	assert_int_equal(cgline_parse(STR_LITERAL("12:cpu,cpuacct:/x"), &line), 0);
	assert_false(line.v2);
	assert_true(cgline_has_controller(line.controllers, STR_LITERAL("cpuacct")));
	assert_true(cgline_has_controller(line.controllers, STR_LITERAL("cpu")));
	assert_false(cgline_has_controller(line.controllers, STR_LITERAL("cpua")));
	assert_false(cgline_has_controller(line.controllers, STR_LITERAL("")));
	assert_int_equal(cgline_parse(STR_LITERAL("0:name=x:/x"), &line), 0);
	assert_false(line.v2);
	assert_int_equal(cgline_parse(STR_LITERAL(""), &line), -22);
	assert_int_equal(cgline_parse(STR_LITERAL("0:"), &line), -22);
	assert_int_equal(cgline_parse(STR_LITERAL("0::"), &line), -22);
	assert_int_equal(cgline_parse(STR_LITERAL("0::x"), &line), -22);
	assert_int_equal(cgline_parse(STR_LITERAL("x::/"), &line), -22);
	assert_int_equal(cgline_parse(STR_LITERAL("::/"), &line), -22);
}

static void test_most_specific_line_wins(void **state)
{
	struct cgpath c;

	(void)state;
	cgline_judge(STR_LITERAL("9:pids:/\n1:cpu:/docker/" A64
				 "\n0::/system.slice/docker.service\n"),
		     &c);
	assert_string_equal(cgpath_innermost(&c)->id, A64);
	cgline_judge(STR_LITERAL("9:pids:/docker/" A64 "\n0::/docker/" A64 "/docker/" B64 "\n"),
		     &c);
	assert_string_equal(cgpath_innermost(&c)->id, B64);
	cgline_judge(STR_LITERAL("rubbish\n\n9:pids:/x\n0::/docker/" A64), &c);
	assert_string_equal(cgpath_innermost(&c)->id, A64);
	cgline_judge(STR_LITERAL("9:pids:/system.slice/a.service\n0::/\n"), &c);
	assert_int_equal(c.verdict, CGPATH_HOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_collected_cases),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_has_a_limit),
		cmocka_unit_test(test_pods),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_most_specific_line_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
