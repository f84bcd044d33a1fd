// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * check.c - prove vmlinux.h against the BTF of real kernels
 *
 * usage: check OBJECT HEADER BTF...
 *
 * Every type that HEADER defines is looked up in the BTF of OBJECT, the compiled
 * kernel side, and in BTF, a kernel's (/sys/kernel/btf/vmlinux, or an ELF file
 * with a .BTF section). Each of its members must be in the kernel's type of that
 * name, at any depth of anonymous structures, with the same kind and size, and
 * point to the same. Order and offsets do not matter: libbpf relocates them.
 *
 * What a ___flavour says may differ in this kernel; a plain type may lack members
 * if one of its flavours fits; a typedef of an anonymous structure, which is read
 * as a whole, need only have the kernel's size. Such differences are listed.
 *
 * One line for each type; exit status 1 if the kernel contradicts.
 *
 * Long because it is a whole program, which shares nothing with the others.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Anonymous structures within each other; the kernel has three at most. */
#define DEPTH_MAX 8

/* One type being checked: what was found out, and how much it matters. */
struct check {
	const struct btf *ours;
	const struct btf *kernel;
	const char *name;
	unsigned int members;
	unsigned int missing;	/* members that the kernel's type has not got */
	unsigned int different; /* members that are something else there */
	bool quiet;
};

__attribute__((format(printf, 2, 3))) static void list(struct check *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	printf("         %s: ", c->name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

#define missing(c, ...) ((c)->missing++, list((c), __VA_ARGS__))
#define differs(c, ...) ((c)->different++, list((c), __VA_ARGS__))

/* Length of a name without its ___flavour, as libbpf compares names. */
static size_t essential_len(const char *name)
{
	const char *suffix = strstr(name, "___");

	return suffix && suffix != name ? (size_t)(suffix - name) : strlen(name);
}

static bool same_name(const char *a, const char *b)
{
	size_t len = essential_len(a);

	return len == essential_len(b) && memcmp(a, b, len) == 0;
}

/* The type behind typedefs and qualifiers; NULL for void. */
static const struct btf_type *resolve(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (id && t && (btf_is_mod(t) || btf_is_typedef(t))) {
		id = t->type;
		t = btf__type_by_id(btf, id);
	}
	return id ? t : NULL;
}

/* The name of a type, or of a typedef on the way to it; empty if there is none. */
static const char *type_name(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && btf_is_mod(t))
		t = btf__type_by_id(btf, t->type);
	return t ? btf__name_by_offset(btf, t->name_off) : "";
}

static const char *kind_name(const struct btf_type *t)
{
	static const char *const names[] = {
		[BTF_KIND_INT] = "an integer", [BTF_KIND_PTR] = "a pointer",
		[BTF_KIND_ARRAY] = "an array", [BTF_KIND_STRUCT] = "a struct",
		[BTF_KIND_UNION] = "a union",  [BTF_KIND_ENUM] = "an enum",
		[BTF_KIND_FWD] = "a struct",   [BTF_KIND_FUNC_PROTO] = "a function",
		[BTF_KIND_ENUM64] = "an enum",
	};
	unsigned int kind = t ? btf_kind(t) : 0;

	if (!t)
		return "void";
	return kind < sizeof(names) / sizeof(*names) && names[kind] ? names[kind] : "something";
}

static bool is_any_struct(const struct btf_type *t)
{
	return btf_is_composite(t) || btf_is_fwd(t);
}

static bool same_kind(const struct btf_type *a, const struct btf_type *b)
{
	if (!a || !b)
		return a == b;
	if (is_any_struct(a) && is_any_struct(b))
		return true;
	if (btf_is_any_enum(a) && btf_is_any_enum(b))
		return true;
	return btf_kind(a) == btf_kind(b);
}

static void check_members(struct check *c, const struct btf_type *ours,
			  const struct btf_type *kernel, unsigned int depth);

/* Pointers agree if they point to structures of one name; a void fits anything. */
static void check_pointee(struct check *c, const char *member, __u32 our_id, __u32 kernel_id)
{
	const struct btf_type *ours = resolve(c->ours, our_id);
	const struct btf_type *kernel = resolve(c->kernel, kernel_id);
	const char *our_name, *kernel_name;

	if (!ours || !kernel)
		return;
	if (!same_kind(ours, kernel)) {
		differs(c, "%s points to %s here, to %s in the kernel", member, kind_name(ours),
			kind_name(kernel));
		return;
	}
	our_name = btf__name_by_offset(c->ours, ours->name_off);
	kernel_name = btf__name_by_offset(c->kernel, kernel->name_off);
	if (is_any_struct(ours) && !same_name(our_name, kernel_name))
		differs(c, "%s points to %s here, to %s in the kernel", member, our_name,
			kernel_name);
}

static void check_struct(struct check *c, const char *member, __u32 our_id, __u32 kernel_id,
			 unsigned int depth)
{
	const char *our_name = type_name(c->ours, our_id);
	const char *kernel_name = type_name(c->kernel, kernel_id);
	const struct btf_type *kernel = resolve(c->kernel, kernel_id);

	/* One with a name has its own line. */
	if (*our_name && !same_name(our_name, kernel_name))
		differs(c, "%s is %s here, %s in the kernel", member, our_name,
			*kernel_name ? kernel_name : "anonymous");
	else if (!*our_name && btf_is_composite(kernel))
		check_members(c, resolve(c->ours, our_id), kernel, depth + 1);
}

static void check_type(struct check *c, const char *member, __u32 our_id, __u32 kernel_id,
		       unsigned int depth)
{
	const struct btf_type *ours = resolve(c->ours, our_id);
	const struct btf_type *kernel = resolve(c->kernel, kernel_id);
	const struct btf_array *a, *b;

	if (depth > DEPTH_MAX)
		return;
	if (!same_kind(ours, kernel)) {
		differs(c, "%s is %s here, %s in the kernel", member, kind_name(ours),
			kind_name(kernel));
		return;
	}
	if (!ours)
		return;
	switch (btf_kind(ours)) {
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		if (ours->size != kernel->size)
			differs(c, "%s has %u bytes here, %u in the kernel", member, ours->size,
				kernel->size);
		else if (btf_is_int(ours) && ours->size > 1 &&
			 (btf_int_encoding(ours) ^ btf_int_encoding(kernel)) & BTF_INT_SIGNED)
			differs(c, "%s is signed on one side only", member);
		break;
	case BTF_KIND_PTR:
		check_pointee(c, member, ours->type, kernel->type);
		break;
	case BTF_KIND_ARRAY:
		a = btf_array(ours);
		b = btf_array(kernel);
		/* [0], [1] and [] here stand for an array of any length. */
		if (a->nelems > 1 && a->nelems != b->nelems)
			differs(c, "%s has %u elements here, %u in the kernel", member, a->nelems,
				b->nelems);
		check_type(c, member, a->type, b->type, depth + 1);
		break;
	default:
		if (is_any_struct(ours))
			check_struct(c, member, our_id, kernel_id, depth);
	}
}

/* The member of that name, in t or in an anonymous structure within it. */
static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *t,
					    const char *name, unsigned int depth,
					    unsigned int *ret_bits)
{
	const struct btf_member *m = btf_members(t);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		const char *its_name = btf__name_by_offset(btf, m[i].name_off);
		const struct btf_type *inner;
		const struct btf_member *found;

		if (strcmp(its_name, name) == 0) {
			*ret_bits = btf_member_bitfield_size(t, i);
			return &m[i];
		}
		inner = *its_name ? NULL : resolve(btf, m[i].type);
		if (!inner || !btf_is_composite(inner) || depth >= DEPTH_MAX)
			continue;
		found = find_member(btf, inner, name, depth + 1, ret_bits);
		if (found)
			return found;
	}
	return NULL;
}

static void check_members(struct check *c, const struct btf_type *ours,
			  const struct btf_type *kernel, unsigned int depth)
{
	const struct btf_member *m = btf_members(ours);

	if (depth > DEPTH_MAX)
		return;
	for (unsigned int i = 0; i < btf_vlen(ours); i++) {
		const char *name = btf__name_by_offset(c->ours, m[i].name_off);
		unsigned int bits = btf_member_bitfield_size(ours, i), kernel_bits = 0;
		const struct btf_type *inner = resolve(c->ours, m[i].type);
		const struct btf_member *found;

		if (!*name) {
			if (inner && btf_is_composite(inner))
				check_members(c, inner, kernel, depth + 1);
			continue;
		}
		c->members++;
		found = find_member(c->kernel, kernel, name, 0, &kernel_bits);
		if (!found)
			missing(c, "no member %s in the kernel", name);
		else if (bits != kernel_bits)
			differs(c, "%s has %u bits here, %u in the kernel (0: no bit field)", name,
				bits, kernel_bits);
		else
			check_type(c, name, m[i].type, found->type, depth);
	}
}

/* Values may differ: bpf_core_enum_value() takes the kernel's. */
static void check_enum(struct check *c, const struct btf_type *ours, const struct btf_type *kernel)
{
	const struct btf_enum *e = btf_enum(ours), *k = btf_enum(kernel);

	if (btf_kind(ours) != btf_kind(kernel) || !btf_is_enum(ours)) {
		differs(c, "is %u bytes here, %u in the kernel", ours->size, kernel->size);
		return;
	}
	for (unsigned int i = 0; i < btf_vlen(ours); i++) {
		const char *name = btf__name_by_offset(c->ours, e[i].name_off);
		bool found = false;

		c->members++;
		for (unsigned int j = 0; j < btf_vlen(kernel) && !found; j++)
			found = same_name(name, btf__name_by_offset(c->kernel, k[j].name_off));
		if (!found)
			missing(c, "no value %s in the kernel", name);
	}
}

/* The type of that name and kind, typedefs of anonymous structures included. */
static const struct btf_type *find_type(const struct btf *btf, const char *name, size_t len,
					const struct btf_type *like)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *its_name = btf__name_by_offset(btf, t->name_off);
		const struct btf_type *target = btf_is_typedef(t) ? resolve(btf, id) : t;

		if (strncmp(its_name, name, len) != 0 || its_name[len] || !target)
			continue;
		if (!btf_is_composite(target) && !btf_is_any_enum(target))
			continue;
		if (!like || same_kind(target, like))
			return target;
	}
	return NULL;
}

static void compare(struct check *c, const struct btf_type *ours)
{
	const struct btf_type *kernel = find_type(c->kernel, c->name, essential_len(c->name), ours);

	if (!kernel)
		missing(c, "no such type in the kernel");
	else if (btf_is_any_enum(ours))
		check_enum(c, ours, kernel);
	else
		check_members(c, ours, kernel, 0);
	/* Read as a whole, so its size is what matters. */
	if (kernel && !ours->name_off && ours->size == kernel->size)
		c->missing = 0;
}

static bool a_flavour_fits(const struct check *plain)
{
	size_t len = strlen(plain->name);

	for (__u32 id = 1; id < btf__type_cnt(plain->ours); id++) {
		const struct btf_type *t = btf__type_by_id(plain->ours, id);
		struct check c = { .ours = plain->ours, .kernel = plain->kernel, .quiet = true };

		c.name = btf__name_by_offset(c.ours, t->name_off);
		if (!btf_is_composite(t) || essential_len(c.name) != len || !c.name[len] ||
		    !same_name(c.name, plain->name))
			continue;
		compare(&c, t);
		if (!c.missing && !c.different)
			return true;
	}
	return false;
}

/* True if the kernel does not contradict. */
static bool check_one(const struct btf *ours, const struct btf *kernel, const char *name)
{
	struct check c = { .ours = ours, .kernel = kernel, .name = name };
	const struct btf_type *type = find_type(ours, name, strlen(name), NULL);
	const char *verdict = "WRONG";

	if (!type) {
		printf("unused   %s: the kernel side does not read it\n", name);
		return true;
	}
	compare(&c, type);
	if (!c.missing && !c.different)
		verdict = "ok";
	else if (name[essential_len(name)] || (!c.different && a_flavour_fits(&c)))
		verdict = "differs";
	printf("%-8s %s: %u members\n", verdict, name, c.members);
	return strcmp(verdict, "WRONG") != 0;
}

/*
 * The name that a line of the header defines: "struct x {", "union x {", "enum x {"
 * or the "} x;" that ends a typedef. False if it defines none.
 */
static bool parse_definition(const char *line, char ret_name[static 128])
{
	char brace[2];

	return sscanf(line, "struct %127[A-Za-z0-9_] %1[{]", ret_name, brace) == 2 ||
	       sscanf(line, "union %127[A-Za-z0-9_] %1[{]", ret_name, brace) == 2 ||
	       sscanf(line, "enum %127[A-Za-z0-9_] %1[{]", ret_name, brace) == 2 ||
	       sscanf(line, "} %127[A-Za-z0-9_]%1[;]", ret_name, brace) == 2;
}

static bool check_kernel(const struct btf *ours, const struct btf *kernel, FILE *header)
{
	unsigned int types = 0;
	bool good = true;
	char line[512], name[128];

	rewind(header);
	/* What is not relocated is no matter of BTF, but of the ABI. */
	while (fgets(line, sizeof(line), header) && !strstr(line, "clang attribute pop")) {
		if (!parse_definition(line, name))
			continue;
		types++;
		good = check_one(ours, kernel, name) && good;
	}
	/* A header that is written in another way must not pass for a proven one. */
	if (!types)
		fprintf(stderr, "check: no type found in the header\n");
	return good && types;
}

int main(int argc, char **argv)
{
	struct btf *ours;
	FILE *header;
	bool good = true;

	if (argc < 4) {
		fprintf(stderr, "usage: %s OBJECT HEADER BTF...\n", argv[0]);
		return 2;
	}
	ours = btf__parse_elf(argv[1], NULL);
	if (!ours) {
		fprintf(stderr, "check: %s: no BTF: %s\n", argv[1], strerror(errno));
		return 2;
	}
	header = fopen(argv[2], "re");
	if (!header) {
		fprintf(stderr, "check: %s: %s\n", argv[2], strerror(errno));
		btf__free(ours);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		struct btf *kernel = btf__parse(argv[i], NULL);

		if (!kernel) {
			fprintf(stderr, "check: %s: no BTF: %s\n", argv[i], strerror(errno));
			good = false;
			continue;
		}
		printf("%s\n", argv[i]);
		good = check_kernel(ours, kernel, header) && good;
		btf__free(kernel);
	}
	fclose(header);
	btf__free(ours);
	return good ? 0 : 1;
}
