// SPDX-License-Identifier: Apache-2.0
/*
 * test_pool.c - no piece is two people's, and what is given back is used again
 */
#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PIECES 1000

static void test_pieces_do_not_overlap(void **state)
{
	static const size_t sizes[] = { 1, 8, 64, 65, 600, 100000 };
	unsigned char *piece[PIECES];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct pool p;

		pool_init(&p, sizes[i]);
		for (size_t j = 0; j < PIECES; j++) {
			piece[j] = pool_take(&p);
			assert_non_null(piece[j]);
			assert_int_equal((uintptr_t)piece[j] % POOL_LINE, 0);
			memset(piece[j], (int)(j & 0xff), sizes[i]);
		}
		for (size_t j = 0; j < PIECES; j++)
			for (size_t k = 0; k < sizes[i]; k++)
				if (piece[j][k] != (j & 0xff))
					fail_msg("piece %zu of %zu bytes was overwritten", j,
						 sizes[i]);
		pool_done(&p);
	}
}

static void test_given_back_last_is_taken_first(void **state)
{
	void *piece[PIECES];
	struct pool p;

	(void)state;
	pool_init(&p, 200);
	for (size_t i = 0; i < PIECES; i++)
		piece[i] = pool_take(&p);
	for (size_t i = 0; i < PIECES; i++)
		pool_give(&p, piece[i]);
	for (size_t i = PIECES; i-- > 0;)
		assert_ptr_equal(pool_take(&p), piece[i]);
	pool_give(&p, NULL);
	pool_done(&p);
	assert_null(p.blocks);
	assert_non_null(pool_take(&p)); /* it begins anew */
	pool_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_do_not_overlap),
		cmocka_unit_test(test_given_back_last_is_taken_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
