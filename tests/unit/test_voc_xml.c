/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/test.h"

#include "lib/base/file.h"
#include "lib/formats/voc_xml.h"

#include <string.h>

#define BOX(a, b, c, d) \
	"<bndbox><xmin>" a "</xmin><ymin>" b "</ymin><xmax>" c "</xmax><ymax>" d "</ymax></bndbox>"

static int parse(struct voc_xml *voc, const char *text, struct arena *arena, struct err *err)
{
	return voc_xml_parse(voc, text, strlen(text), "x.xml", arena, err);
}

static void test_annotation(void **state)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct voc_xml voc;

	(void)state;
	assert_int_equal(parse(&voc,
			       "<?xml version='1.0'?>\n<annotation>\n<folder>f</folder>\n"
			       "<filename> 8.jpg\n</filename>\n<path>C:\\a</path>\n"
			       "<size><width>640</width><height>480</height><depth>3</depth></size>\n"
			       "<object><name>Tom &amp; Jo&#233; </name><pose>x</pose>" BOX("1", "2", "30", "40.5")
			       BOX("5", "6", "7", "8") "<part><name>hand</name></part></object>\n"
			       "<object>\n<name><![CDATA[a<b]]></name></object>\n"
			       "<object><name>x</name><name>y</name>" BOX("-1", "+2", "3e1", "4") "</object>\n"
			       "</annotation>\n", &arena, &err), 0);
	assert_string_equal(voc.folder, "f");
	assert_string_equal(voc.filename, "8.jpg");
	assert_int_equal(voc.filename_line, 4);
	assert_string_equal(voc.path, "C:\\a");
	assert_true(voc.width == 640 && voc.height == 480 && voc.depth == 3);
	assert_int_equal(voc.size_line, 7);
	assert_int_equal(voc.n_objects, 4);
	assert_string_equal(voc.objects[0].name, "Tom & Jo\xc3\xa9 ");
	assert_true(voc.objects[0].has_box && !voc.objects[0].whole);
	assert_true(voc.objects[0].xmin == 1 && voc.objects[0].ymin == 2);
	assert_true(voc.objects[0].xmax == 30 && voc.objects[0].ymax == 40.5);
	assert_int_equal(voc.objects[0].line, 8);
	assert_string_equal(voc.objects[1].name, "a<b");
	assert_false(voc.objects[1].has_box);
	assert_string_equal(voc.objects[2].name, "x");
	assert_string_equal(voc.objects[3].name, "y");
	assert_true(voc.objects[2].xmin == -1 && voc.objects[3].xmax == 30);
	arena_release(&arena);
}

static void test_bare(void **state)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct voc_xml voc;

	(void)state;
	assert_int_equal(parse(&voc, "<annotation/>", &arena, &err), 0);
	assert_null(voc.filename);
	assert_int_equal(voc.n_objects, 0);
	assert_int_equal(voc.size_line, 0);
	arena_release(&arena);
}

/* libxml2 words its own complaints a little otherwise from version to version: the start counts. */
static void expect_fault(const char *text, size_t line, const char *message)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct voc_xml voc;

	assert_int_equal(parse(&voc, text, &arena, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	if (strncmp(err.text, message, strlen(message)) != 0)
		assert_string_equal(err.text, message);
	assert_int_equal(err.line, line);
	arena_release(&arena);
}

static void test_faults(void **state)
{
	(void)state;
	expect_fault("", 0, "the file is empty");
	expect_fault("<html></html>", 1, "the root element is <html> instead of <annotation>");
	expect_fault("<annotation>\n<size>\n</annotation>", 3,
		     "no well-formed XML: Opening and ending tag mismatch: size");
	expect_fault("<annotation>\n<size>", 2, "no well-formed XML: the file ends inside <size>");
	expect_fault("<annotation>\n&nbsp;</annotation>", 2,
		     "no well-formed XML: Entity 'nbsp' not defined");
	expect_fault("<annotation>\n<object/></annotation>", 2, "this object has no <name>");
	expect_fault("<annotation><object><name>a</name>\n<bndbox><xmin>1</xmin></bndbox></object></annotation>",
		     2, "this box has no <ymin>");
	expect_fault("<annotation><object><name>a</name>\n" BOX("1", "2", "nan", "4") "</object></annotation>",
		     2, "<xmax> is 'nan', which is no number");
	expect_fault("<annotation><object><name>a</name>" BOX("1", "2", "", "4") "</object></annotation>",
		     1, "<xmax> is '', which is no number");
	expect_fault("<annotation><object><name>a</name>" BOX("1", "2", "1e999", "4") "</object></annotation>",
		     1, "<xmax> is '1e999', which is no number");
	expect_fault("<annotation><size><width>0x10</width></size></annotation>", 1,
		     "<width> is '0x10', which is no number");
}

/* Nothing of a document type declaration is ever read. */
static void test_hostile(void **state)
{
	(void)state;
	expect_fault("<!DOCTYPE annotation [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n"
		     "<annotation><filename>&b;</filename></annotation>", 1,
		     "refused: it has a document type declaration, which may define entities");
	expect_fault("<!DOCTYPE annotation SYSTEM 'file:///etc/passwd'><annotation/>", 1,
		     "refused: it has a document type declaration, which may define entities");
}

static void test_deep(void **state)
{
	char text[512];
	int length = snprintf(text, sizeof(text), "<annotation>");

	(void)state;
	for (size_t i = 0; i < 100; i++)
		length += snprintf(text + length, sizeof(text) - (size_t)length, "<a>");
	expect_fault(text, 1, "elements are nested more than 64 deep");
}

static void write_file(const char *path, const struct voc_xml *voc)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(voc_xml_write(stream, voc), 0);
	fclose(stream);
}

static void test_round_trip(void **state)
{
	struct voc_object objects[] = {
		{ "a <b> & \xf0\x9f\x98\x80", true, true, 1, 2, 640, 480, 0 },
		{ "bad \xff and \x01", true, false, 0.5, 1.25, 2, 1e20, 0 },
		{ "", false, false, 0, 0, 0, 0, 0 },
	};
	struct voc_xml voc = { "f", "8.jpg", NULL, 640, 480, 3, 0, 0, objects, 3 }, back;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	char path[] = "/tmp/tagsight-test-XXXXXX";

	(void)state;
	close(mkstemp(path));
	write_file(path, &voc);
	assert_int_equal(voc_xml_read(&back, path, &arena, &err), 0);
	assert_string_equal(back.filename, "8.jpg");
	assert_null(back.path);
	assert_int_equal(back.n_objects, 3);
	assert_string_equal(back.objects[0].name, objects[0].name);
	assert_true(back.objects[0].whole);
	assert_string_equal(back.objects[1].name, "bad \xef\xbf\xbd and \xef\xbf\xbd");
	assert_true(back.objects[1].xmin == 0.5 && back.objects[1].ymax == 1e20);
	assert_false(back.objects[1].whole || back.objects[2].has_box);
	unlink(path);
	arena_release(&arena);
}

static void test_no_such_file(void **state)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct voc_xml voc;

	(void)state;
	assert_int_equal(voc_xml_read(&voc, "/nonexistent.xml", &arena, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	arena_release(&arena);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_annotation), cmocka_unit_test(test_bare),
	cmocka_unit_test(test_faults),	   cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_deep),	   cmocka_unit_test(test_round_trip),
	cmocka_unit_test(test_no_such_file),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
