/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pickles that want to run something, to fill the memory or to end the stack; and the values that
 * the reader gives for good ones.
 */
#include "lib/base/buf.h"
#include "lib/formats/pickle.h"
#include "lib/formats/pickle_write.h"
#include "preprocess/aux_dict.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/resource.h>

static int read_bytes(const void *bytes, size_t length, struct pickle *pickle, struct arena *arena,
		      struct err *err)
{
	*err = (struct err)ERR_INIT;
	return pickle_read(pickle, bytes, length, "x.pkl", arena, err);
}

static void assert_refused(const void *bytes, size_t length, const char *reason)
{
	struct arena arena = ARENA_INIT;
	struct pickle pickle;
	struct err err;

	assert_int_equal(read_bytes(bytes, length, &pickle, &arena, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	if (!strstr(err.text, reason))
		print_message("expected '%s' in '%s'\n", reason, err.text);
	assert_non_null(strstr(err.text, reason));
	arena_release(&arena);
}

#define REFUSED(bytes, reason) assert_refused(bytes, sizeof(bytes) - 1, reason)

static void test_names_are_refused(void **state)
{
	(void)state;
	REFUSED("\x80\x02" "cos\nsystem\nX\x02\0\0\0ls\x85R.", "'os.system', which is not among");
	REFUSED("cposix\nsystem\n.", "'posix.system'");
	REFUSED("\x80\x04\x8c\x02os\x8c\x06system\x93.", "'os.system'");
	REFUSED("\x80\x04\x8c\x0b" "collections\x8c\x14OrderedDict.__init__\x93.", "no PyTorch file needs");
	REFUSED("c__builtin__\neval\n.", "'__builtin__.eval'");
	REFUSED("(ios\nsystem\n.", "opcode 0x69");
	REFUSED("(Vls\nios\nsystem\n.", "opcode 0x56");
	REFUSED("\x80\x02" "ccollections\nOrderedDict\n)\x81.", "opcode 0x81");
	REFUSED("ctorch\nFloatStorage\n)R.", "a call of 'torch.FloatStorage'");
	REFUSED("X\x01\0\0\0a)R.", "a call of a string");
	REFUSED("\x82\x01.", "opcode 0x82");
	REFUSED("]}b.", "sets the state of a list");
}

static void assert_refused_with_objects(const void *bytes, size_t length, const char *reason)
{
	struct arena arena = ARENA_INIT;
	struct pickle pickle;
	struct err err = ERR_INIT;

	assert_int_equal(pickle_read_with_objects(&pickle, bytes, length, "x.pkl", &arena, &err), -1);
	if (!strstr(err.text, reason))
		fail_msg("expected '%s' in '%s'", reason, err.text);
	arena_release(&arena);
}

#define REFUSED_WITH_OBJECTS(bytes, reason)                                                        \
	assert_refused_with_objects(bytes, sizeof(bytes) - 1, reason)

#define OBJECT "cflair.embeddings\nX\n)\x81"
#define RECORD "cflair.data\nDictionary\n)\x81"

static void test_objects_are_stepped_over(void **state)
{
	static const char pickled[] = "(" OBJECT "}b" RECORD "}X\1\0\0\0aK\1sb"
				      "(X\6\0\0\0modulectorch.nn.modules.linear\nLinear\nNNtQ)\x81t.";
	struct arena arena = ARENA_INIT;
	struct pickle pickle;
	struct err err = ERR_INIT;
	struct pickle_value **items;

	(void)state;
	assert_int_equal(pickle_read_with_objects(&pickle, (const unsigned char *)pickled,
						  sizeof(pickled) - 1, "x.pkl", &arena, &err), 0);
	assert_int_equal(pickle.root->n, 3);
	items = pickle.root->items;
	assert_int_equal(items[0]->kind, PICKLE_OBJECT);
	assert_string_equal(items[0]->text, "flair.embeddings.X");
	assert_null(items[0]->state);
	assert_int_equal(pickle_get(items[1]->state, "a")->integer, 1);
	assert_string_equal(items[2]->text, "torch.nn.modules.linear.Linear");
	arena_release(&arena);
	REFUSED(OBJECT ".", "'flair.embeddings.X', which is not among");
	REFUSED(RECORD ".", "'flair.data.Dictionary', which is not among");
}

static void test_objects_run_nothing(void **state)
{
	(void)state;
	REFUSED_WITH_OBJECTS("csubprocess\nPopen\n)\x81.", "'subprocess.Popen', which is not among");
	REFUSED_WITH_OBJECTS("cflair.embeddings\nX\n)R.", "a call of 'flair.embeddings.X'");
	REFUSED_WITH_OBJECTS("cflairy\nX\n.", "'flairy.X', which is not among");
	REFUSED_WITH_OBJECTS("\x80\x04\x8c\x05" "flair\x8c\x09" "os.system\x93.", "no PyTorch file needs");
	REFUSED_WITH_OBJECTS("ccollections\nOrderedDict\n)\x81.", "an object of 'collections.OrderedDict'");
	REFUSED_WITH_OBJECTS("X\1\0\0\0a)\x81.", "an object of a string");
	REFUSED_WITH_OBJECTS("cflair.embeddings\nX\nN\x81.", "an object of");
	REFUSED_WITH_OBJECTS("\x81.", "the stack is empty");
	REFUSED_WITH_OBJECTS(")\x81.", "the stack is empty");
	REFUSED_WITH_OBJECTS(RECORD "}\x94(X\1\0\0\0ah\0ub.", "holds itself");
}

static void test_broken_ones_are_refused(void **state)
{
	(void)state;
	REFUSED("", "no end");
	REFUSED("N", "no end");
	REFUSED(".", "stops with 0 values");
	REFUSED("NN.", "stops with 2 values");
	REFUSED("(N.", "stops with");
	REFUSED("\x80\x63N.", "protocol 99");
	REFUSED("R.", "the stack is empty");
	REFUSED("}u.", "no MARK");
	REFUSED("}(Nu.", "a key has no value");
	REFUSED("h\0.", "never set");
	REFUSED("Nr\xff\xff\xff\xff.", "memo entry 4294967295");
	REFUSED("X\xff\xff\xff\x7f" "a.", "ends early");
	REFUSED("\x8d\xff\xff\xff\xff\xff\xff\xff\xff" "a.", "ends early");
	REFUSED("\x8b\xff\xff\xff\xff.", "negative length");
	REFUSED("\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.", "a frame of");
	REFUSED("X\x02\0\0\0\xc3(.", "not UTF-8");
	REFUSED("cos", "has no end");
	REFUSED("}](NNu.", "a list cannot take items meant for a dict");
	REFUSED("}]Ns.", "a list cannot be a key");
}

/* q0 puts, h0 gets: a list in itself, and a dict. */
static void test_cycles_are_refused(void **state)
{
	(void)state;
	REFUSED("]q\0h\0a.", "a list holds itself");
	REFUSED("}q\0X\x01\0\0\0ah\0s.", "a dict holds itself");
	REFUSED("]q\0]q\1h\0aa.", "holds itself");
}

static void test_deep_nesting_is_refused(void **state)
{
	enum { LEVELS = 100000 };
	char *bytes = malloc(LEVELS + 2);

	(void)state;
	bytes[0] = ')';
	memset(bytes + 1, '\x85', LEVELS);
	bytes[LEVELS + 1] = '.';
	assert_refused(bytes, LEVELS + 2, "nested more than 200 deep");
	free(bytes);
}

/* Each level holds the one below four times: 4^100 values if it were walked. */
static void test_memo_bombs_are_refused(void **state)
{
	struct buf bytes = BUF_INIT;

	(void)state;
	buf_add(&bytes, ")q\0", 3);
	for (char level = 0; level < 100; level++) {
		for (int i = 0; i < 3; i++) {
			buf_add_char(&bytes, 'h');
			buf_add_char(&bytes, level);
		}
		buf_add(&bytes, "\x87q", 2);
		buf_add_char(&bytes, (char)(level + 1));
	}
	buf_add_char(&bytes, '.');
	/* The first tuple of three takes the empty one from the memo; the rest lies below. */
	assert_refused(bytes.data, bytes.length, "stops with 101 values");
	buf_clear(&bytes);
	buf_add(&bytes, "(", 1);
	buf_add(&bytes, ")q\0", 3);
	for (char level = 0; level < 100; level++) {
		for (int i = 0; i < 3; i++) {
			buf_add_char(&bytes, 'h');
			buf_add_char(&bytes, level);
		}
		buf_add(&bytes, "\x87q", 2);
		buf_add_char(&bytes, (char)(level + 1));
	}
	buf_add(&bytes, "t.", 2);
	assert_refused(bytes.data, bytes.length, "values repeat in one another");
	buf_release(&bytes);
}

static void test_values(void **state)
{
	static const char bytes[] = "\x80\x02}q\0(X\x01\0\0\0aJ\xff\xff\xff\xff" "K\x05\x88NG\x3f\xf8\0\0\0\0\0\0"
				    "X\x01\0\0\0a\x8a\x02\x00\x80u.";
	struct arena arena = ARENA_INIT;
	struct pickle pickle;
	struct err err;

	(void)state;
	assert_int_equal(read_bytes(bytes, sizeof(bytes) - 1, &pickle, &arena, &err), 0);
	assert_int_equal(pickle.consumed, sizeof(bytes) - 1);
	assert_int_equal(pickle.root->kind, PICKLE_DICT);
	assert_int_equal(pickle.root->n, 6);
	/* The last value of "a" counts, at the place of the first. */
	assert_string_equal(pickle.root->items[0]->text, "a");
	assert_int_equal(pickle.root->items[1]->integer, -32768);
	assert_int_equal(pickle.root->items[2]->integer, 5);
	assert_int_equal(pickle.root->items[3]->kind, PICKLE_BOOL);
	assert_int_equal(pickle.root->items[4]->kind, PICKLE_NONE);
	assert_true(pickle.root->items[5]->real == 1.5);
	assert_ptr_equal(pickle_get(pickle.root, "a"), pickle.root->items[1]);
	assert_null(pickle_get(pickle.root, "b"));
	arena_release(&arena);
}

/* Numbers of all widths go out and come back; the longest keys and lists too. */
static void test_dict_round_trip(void **state)
{
	static const char *const keys[] = { "0", "255", "256", "65535", "65536", "2147483647",
					    "2147483648", "-1", "-129", "-2147483649",
					    "9223372036854775807", "-9223372036854775808" };
	enum { KEYS = sizeof(keys) / sizeof(*keys), NAMES = 2500 };
	const char *names[NAMES];
	struct aux_dict dict, back;
	struct err err = ERR_INIT;
	char *path = temporary_text("");

	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		names[i] = i % 2 ? "a.png" : "\xc3\xa9.png";
	aux_dict_init(&dict, AUX_KEYS_INTEGER);
	for (size_t i = 0; i < KEYS; i++)
		assert_int_equal(aux_dict_put(&dict, keys[i], names, i == 3 ? NAMES : i, &err), 0);
	assert_int_equal(aux_dict_write(&dict, path, &err), 0);
	assert_int_equal(aux_dict_read(&back, path, &err), 0);
	assert_int_equal(back.keys, AUX_KEYS_INTEGER);
	assert_int_equal(back.n, KEYS);
	for (size_t i = 0; i < KEYS; i++) {
		assert_string_equal(back.entries[i].key, keys[i]);
		assert_int_equal(back.entries[i].n, i == 3 ? NAMES : i);
		if (i > 0)
			assert_string_equal(back.entries[i].names[0], "\xc3\xa9.png");
	}
	aux_dict_release(&back);
	assert_int_equal(aux_dict_put(&dict, "one", names, 1, &err), 0);
	assert_int_equal(aux_dict_write(&dict, path, &err), -1);
	assert_string_equal(err.text, "the key 'one' is no line number");
	aux_dict_release(&dict);
	temporary_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_refused),
		cmocka_unit_test(test_objects_are_stepped_over),
		cmocka_unit_test(test_objects_run_nothing),
		cmocka_unit_test(test_broken_ones_are_refused),
		cmocka_unit_test(test_cycles_are_refused),
		cmocka_unit_test(test_deep_nesting_is_refused),
		cmocka_unit_test(test_memo_bombs_are_refused),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_dict_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
