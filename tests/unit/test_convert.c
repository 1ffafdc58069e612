/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/convert_case.h"

#include "lib/formats/brat.h"
#include "preprocess/aux_dict.h"

/* Words that are easy to get wrong: U+00A0, a ZWJ sequence, combining marks, quotes, a backslash. */
#define ODD_TWEET \
	"IMGID:8\nRT\tO\n\xc2\xa0\tO\n\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80\tO\n" \
	"e\xcc\x81t\xc3\xa9\tB-MISC\n\"it's\\\"\tI-MISC\nRome\tB-LOC\n\n"
#define TWO_TWEETS ODD_TWEET "IMGID:9.png\nBo\tB-PER\n\n"

static void test_round_trips(void **state)
{
	static const char *const formats[] = { "conll", "hf", "doccano", "brat", "spacy", "label-studio" };

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		expect_round_trip("conll", formats[i], TWO_TWEETS);
		expect_round_trip("conll", formats[i], "a\tO\nb\tB-LOC\n\nc\tO\n\n");
	}
	expect_round_trip("conll", "hvpnet", TWO_TWEETS);
	expect_round_trip("conll", "hf", "IMGID:1\n\nIMGID:2\nx\tO\n\n");
}

static void test_doccano(void **state)
{
	static const char untagged[] = "{\"id\":\"7\",\"text\":\"a b\"}\n";

	(void)state;
	expect_output("conll", "doccano", NULL, "IMGID:8\n\xf0\x9f\x98\x80\tO\nNew\tB-LOC\nYork\tI-LOC\n\n",
		      "{\"id\":\"8\",\"text\":\"\xf0\x9f\x98\x80 New York\",\"label\":[[2,10,\"LOC\"]]}\n");
	expect_output("doccano", "conll", NULL,
		      "{\"id\":3,\"text\":\"a Rome\",\"labels\":[[2,6,\"LOC\"]]}\n",
		      "IMGID:3\na\tO\nRome\tB-LOC\n\n");
	expect_output("doccano", "doccano", NULL, untagged, untagged);
	expect_output("doccano", "conll", NULL, untagged, "IMGID:7\na\nb\n\n");
}

static void test_doccano_losses(void **state)
{
	struct convert_options cut = { .cut_words = true };

	(void)state;
	expect_loss("doccano", "conll", NULL, "{\"text\":\"in Rome.\",\"label\":[[3,7,\"LOC\"]]}\n",
		    LOSS_CUT, 1, "'Rome' (LOC) is within 'Rome.'");
	expect_loss("doccano", "conll", &cut, "{\"text\":\"in Rome.\",\"label\":[[3,7,\"LOC\"]]}\n",
		    LOSS_SPACING, 1, "one blank");
	expect_loss("doccano", "conll", NULL,
		    "{\"text\":\"New York City\",\"label\":[[0,8,\"LOC\"],[4,13,\"LOC\"]]}\n",
		    LOSS_OVERLAP, 1, "'York City' (LOC)");
	expect_loss("doccano", "conll", NULL, "{\"text\":\"a\",\"label\":[],\"Comments\":[\"x\"]}\n",
		    LOSS_OTHER, 1, "\"Comments\"");
	expect_loss("doccano", "conll", NULL, "{\"text\":\"a\",\"\":1,\"label\":[]}\n", LOSS_OTHER, 1, "what \"\"");
	expect_loss("conll", "hvpnet", NULL, "a\tB-|PER\n\n", LOSS_TYPE, 1, "'B-|PER'");
	expect_loss("doccano", "conll", NULL, "{\"text\":\"a\",\"label\":[[0,2,\"X\"]]}\n", LOSS_RECORD,
		    1, "0 to 2 is not within the 1 characters");
	expect_loss("doccano", "conll", NULL, "{\"text\":\"a\",\"label\":[[1,-2,\"X\"]]}\n", LOSS_RECORD,
		    1, "the end of an entity is no whole number");
	expect_loss("doccano", "conll", NULL, "{\"text\":\"a  b\",\"label\":[]}\n", LOSS_SPACING, 1, "");
}

static void test_relations(void **state)
{
	static const char mnre[] =
		"{'token': ['Jo', \"d'\", 'NASA', '\\u200d'], 'h': {'name': \"Jo d'\", 'pos': [0, 2]}, "
		"'t': {'name': 'NASA', 'pos': [2, 3]}, 'img_id': 'x_1.jpg', 'relation': "
		"'/per/org/member_of'}\n"
		"{'token': ['A', 'B'], 'h': {'name': 'A B', 'pos': [0, 2]}, 't': {'name': 'B', 'pos': "
		"[1, 2]}, 'img_id': 'x_2.png', 'relation': 'None'}\n";

	(void)state;
	expect_round_trip("mnre", "mnre", mnre);
	expect_round_trip("mnre", "doccano", mnre);
	expect_round_trip("mnre", "hf", mnre);
	expect_output("mnre", "doccano", NULL,
		      "{'token': ['A', 'B'], 'h': {'name': 'B', 'pos': [1, 2]}, 't': {'name': 'A', 'pos': "
		      "[0, 1]}, 'img_id': 'x.jpg', 'relation': '/per/loc/place_of_birth'}\n",
		      "{\"image\":\"x.jpg\",\"text\":\"A B\",\"entities\":[{\"id\":1,\"label\":\"PER\","
		      "\"start_offset\":2,\"end_offset\":3},{\"id\":2,\"label\":\"LOC\",\"start_offset\":0,"
		      "\"end_offset\":1}],\"relations\":[{\"id\":1,\"from_id\":1,\"to_id\":2,\"type\":"
		      "\"/per/loc/place_of_birth\"}]}\n");
	/* Where one record has a relation, all are written in the form that has them. */
	expect_output("hf", "doccano", NULL,
		      "{\"tokens\":[\"a\",\"b\"],\"entities\":[{\"type\":\"X\",\"start\":0,\"end\":1}],\"relations\":[]}\n"
		      "{\"tokens\":[\"c\"],\"entities\":[{\"type\":\"X\",\"start\":0,\"end\":1}],\"relations\":["
		      "{\"type\":\"r\",\"head\":0,\"tail\":0}]}\n",
		      "{\"text\":\"a b\",\"entities\":[{\"id\":1,\"label\":\"X\",\"start_offset\":0,\"end_offset\":1}],"
		      "\"relations\":[]}\n{\"text\":\"c\",\"entities\":[{\"id\":1,\"label\":\"X\",\"start_offset\":0,"
		      "\"end_offset\":1}],\"relations\":[{\"id\":1,\"from_id\":1,\"to_id\":1,\"type\":\"r\"}]}\n");
	expect_loss("mnre", "conll", NULL, mnre, LOSS_RELATION, 2, "'/per/org/member_of'");
	expect_loss("mnre", "mnre", NULL,
		    "{'token': ['A'], 'h': {'name': 'A', 'pos': [0, 2]}, 't': {'name': 'A', 'pos': [0, "
		    "1]}, 'img_id': '', 'relation': 'None'}\n", LOSS_RECORD, 1, "0 to 2 is not within");
	expect_loss("doccano", "mnre", NULL,
		    "{\"text\":\"A B\",\"entities\":[{\"id\":1,\"label\":\"PER\",\"start_offset\":0,"
		    "\"end_offset\":1}],\"relations\":[{\"id\":1,\"from_id\":1,\"to_id\":4,\"type\":\"x\"}]}\n",
		    LOSS_RECORD, 1, "\"to_id\" is 4, which no entity has");
}

static void test_schemes(void **state)
{
	struct convert_options iobes = { .has_scheme = true, .scheme = SCHEME_IOBES };

	(void)state;
	expect_output("conll", "conll", &iobes, "a\tB-PER\nb\tI-PER\nc\tB-LOC\n\n",
		      "a\tB-PER\nb\tE-PER\nc\tS-LOC\n\n");
	/* BILOU is recognised, and HVPNeT gets what it knows. */
	expect_output("conll", "hvpnet", NULL, "IMGID:1\na\tB-PER\nb\tL-PER\nc\tU-LOC\n\n",
		      "IMGID:1\na\tB-PER\nb\tI-PER\nc\tB-LOC\n\n");
	/* Tags that stay tags are not judged. */
	expect_output("conll", "hf", NULL, "a\tI-PER\nb\tB-LOC\n\n",
		      "{\"tokens\":[\"a\",\"b\"],\"ner_tags\":[\"I-PER\",\"B-LOC\"]}\n");
	expect_loss("conll", "doccano", NULL, "a\tO\nb\tI-PER\nc\tB-LOC\nd\tI-LOC\n\n", LOSS_TAG, 1,
		    "'I-PER' of 'b' is read as 'B-PER' (IOB2)");
}

static void test_columns(void **state)
{
	struct convert_options order = { .columns = "tag,word,-,pos" };
	struct convert_options plain = { .columns = "pos,word" };
	struct convert_options blanks = { .blanks = true, .no_final_blank = true };

	(void)state;
	expect_output("conll", "conll", NULL, "-DOCSTART- -X- O O\n\na NN I-NP O\n\nb\tNN\tB-NP\tO\n\n",
		      "-DOCSTART- -X- O O\n\na\tNN\tI-NP\tO\n\nb\tNN\tB-NP\tO\n\n");
	expect_output("conll", "conll", &order, "B-LOC Rome x NN\n\n", "Rome\tNN\tB-LOC\n\n");
	expect_loss("conll", "conll", &order, "B-LOC Rome\n\n", LOSS_RECORD, 1, "2 columns where --columns names 4");
	expect_output("conll", "conll", &plain, "NN Rome\n\n", "Rome\tNN\n\n");
	expect_loss("conll", "hvpnet", NULL, "a\nb\n\n", LOSS_UNTAGGED, 1, "'a' and all others");
	expect_output("conll", "conll", &blanks, "a\tO\n\nb\tO\n\n", "a O\n\nb O\n");
	expect_loss("conll", "hf", NULL, "a NN O\n\n", LOSS_COLUMN, 1, "NN");
	expect_loss("conll", "hf", NULL, "-DOCSTART- O\n\na O\n\n", LOSS_DOCUMENT, 1, "-DOCSTART- O");
	expect_loss("conll", "conll", &blanks, "New York\tB-LOC\n\n", LOSS_WORD, 1, "'New York'");
	expect_loss("conll", "doccano", NULL, "New York\tB-LOC\n\n", LOSS_WORD, 1, "white space");
	expect_loss("conll", "hf", NULL, "a\xff\tO\n\n", LOSS_BYTES, 1, "'a\\xff'");
	expect_loss("conll", "hf", NULL, "a\tB-\xff\n\n", LOSS_BYTES, 1, "'B-\\xff'");
	expect_loss("conll", "hvpnet", NULL, "a\tB-geo\n\n", LOSS_TYPE, 1, "'B-geo'");
	expect_loss("conll", "hf", NULL, "a\tO\nb\n\n", LOSS_UNTAGGED, 1, "'b' is taken as O");
}

static void test_numbers(void **state)
{
	char o[] = "O", b[] = "B-PER", *labels[] = { o, b };
	struct convert_options options = { .labels = { labels, 2, 2 } };

	(void)state;
	expect_output("conll", "hf", &options, "a\tB-PER\nb\tO\n\n",
		      "{\"tokens\":[\"a\",\"b\"],\"ner_tags\":[1,0]}\n");
	expect_output("hf", "conll", &options, "{\"id\":\"4\",\"tokens\":[\"a\",\"b\"],\"ner_tags\":[1,0]}\n",
		      "IMGID:4\na\tB-PER\nb\tO\n\n");
	expect_loss("conll", "hf", &options, "a\tB-LOC\n\n", LOSS_TYPE, 1, "'B-LOC' is not one of --labels, so O is");
	expect_loss("hf", "conll", &options, "{\"tokens\":[\"a\"],\"ner_tags\":[2]}\n", LOSS_RECORD, 1,
		    "tag 2 is not one of the 2");
	expect_loss("hf", "conll", NULL, "{\"tokens\":[\"a\"],\"ner_tags\":[0]}\n", LOSS_RECORD, 1,
		    "say with --labels");
	expect_loss("hf", "conll", NULL, "{\"tokens\":[\"a\"],\"ner_tags\":[]}\n", LOSS_RECORD, 1,
		    "0 tags for 1 tokens");
}

static void test_umgf(void **state)
{
	char map[] = "MISC=OTHER", *maps[] = { map };
	struct convert_options options = { .renames = { maps, 1, 1 } };

	(void)state;
	expect_round_trip("conll", "umgf", "IMGID:8\nNew York\tB-LOC\nx\tO\n\nIMGID:7\nMo\tB-OTHER\n\n");
	expect_output("conll", "umgf", &options, "IMGID:8\na\tB-MISC\nb\tO\n\n",
		      "000001_l.txt:\nB-OTHER\tO000001_p.txt:\n8000001_s.txt:\na\tb");
	expect_loss("conll", "umgf", NULL, "IMGID:8\na\tB-MISC\n\n", LOSS_TYPE, 1, "--map");
	expect_loss("conll", "umgf", NULL, "a\tO\n\n", LOSS_IMAGE, 1, "UMGF's loader");
}

static void test_label_studio(void **state)
{
	struct convert_options url = { .image_url = "/data/local-files/?d=twitter/" };
	static const char task[] =
		"[{\"data\": {\"text\": \"Jo in Rome\", \"image\": \"s3://x/8.jpg\"}, \"predictions\": "
		"[{\"result\": [{\"type\": \"relation\", \"from_id\": \"b\", \"to_id\": \"a\", "
		"\"direction\": \"left\", \"labels\": [\"in\"]}, {\"id\": \"a\", \"type\": \"labels\", "
		"\"value\": {\"start\": 0, \"end\": 2, \"labels\": [\"PER\"]}}, {\"id\": \"b\", \"type\": "
		"\"labels\", \"value\": {\"start\": 6, \"end\": 10, \"labels\": [\"LOC\"]}}]}]}]";

	(void)state;
	expect_output("label-studio", "hf", NULL, task,
		      "{\"image\":\"8.jpg\",\"tokens\":[\"Jo\",\"in\",\"Rome\"],\"entities\":["
		      "{\"type\":\"PER\",\"start\":0,\"end\":1},{\"type\":\"LOC\",\"start\":2,\"end\":3}],"
		      "\"relations\":[{\"type\":\"in\",\"head\":0,\"tail\":1}]}\n");
	expect_output("conll", "label-studio", &url, "IMGID:8\nJo\tB-PER\n\n",
		      "[\n{\"data\":{\"id\":\"8\",\"text\":\"Jo\",\"image\":\"/data/local-files/?d=twitter/"
		      "8.jpg\"},\"annotations\":[{\"result\":[{\"id\":\"e1\",\"from_name\":\"label\","
		      "\"to_name\":\"text\",\"type\":\"labels\",\"value\":{\"start\":0,\"end\":2,\"text\":"
		      "\"Jo\",\"labels\":[\"PER\"]}}]}]}\n]\n");
	expect_round_trip("mnre", "label-studio",
			  "{'token': ['A', 'B'], 'h': {'name': 'B', 'pos': [1, 2]}, 't': {'name': 'A B', "
			  "'pos': [0, 2]}, 'img_id': 'x.png', 'relation': 'None'}\n");
	expect_loss("label-studio", "conll", NULL,
		    "[{\"data\":{\"text\":\"a\"},\"annotations\":[{\"result\":[{\"type\":\"choices\"}]}]}]",
		    LOSS_OTHER, 1, "'choices'");
	expect_loss("label-studio", "conll", NULL, "[{\"data\":{\"text\":\"a\"}}, [3]]", LOSS_RECORD, 1,
		    "no object");
}

static void test_label_studio_boxes(void **state)
{
	struct convert_options model = { .predictions = true, .image_url = "" };
	static const char task[] =
		"[\n{\"data\":{\"image\":\"8.jpg\"},\"annotations\":[{\"result\":[{\"id\":\"b1\","
		"\"from_name\":\"box\",\"to_name\":\"image\",\"type\":\"rectanglelabels\","
		"\"original_width\":300,\"original_height\":200,\"image_rotation\":0,\"value\":{\"x\":10.0,"
		"\"y\":25.0,\"width\":50.0,\"height\":50.0,\"rotation\":0,\"rectanglelabels\":[\"dog\"]},"
		"\"score\":0.5}]}]}\n]\n";

	(void)state;
	expect_output("label-studio", "label-studio", NULL, task, task);
	expect_loss("label-studio", "doccano", NULL, task, LOSS_BOX, 1, "'dog'");
	expect_output("label-studio", "label-studio", &model,
		      "[{\"data\":{\"text\":\"\"},\"annotations\":[{\"result\":[]}]}]",
		      "[\n{\"data\":{\"text\":\"\"},\"predictions\":[{\"result\":[]}]}\n]\n");
}

static void test_brat(void **state)
{
	struct convert_options none = { .no_ids = true };
	struct converted done;
	char path[256];

	(void)state;
	expect_output("conll", "brat", NULL, "IMGID:8\nNew\tB-LOC\nYork\tI-LOC\n\n",
		      "000001=8.ann:\nT1\tLOC 0 8\tNew York\n000001=8.txt:\nNew Yorkannotation.conf:\n[entities]\n"
		      "LOC\n[relations]\n[events]\n[attributes]\n");
	/* Over a line end an entity is in pieces, which is no loss. */
	expect_output("doccano", "brat", &none, "{\"text\":\"New\\nYork x\",\"label\":[[0,8,\"LOC\"]]}\n",
		      "000001.ann:\nT1\tLOC 0 3;4 8\tNew York\n000001.txt:\nNew\nYork x"
		      "annotation.conf:\n[entities]\nLOC\n[relations]\n[events]\n[attributes]\n");
	expect_round_trip("doccano", "brat",
			  "{\"text\":\"New\\nYork x\",\"label\":[[0,8,\"LOC\"],[9,10,\"O\"]]}\n");
	expect_round_trip("mnre", "brat",
			  "{'token': ['A', 'B'], 'h': {'name': 'B', 'pos': [1, 2]}, 't': {'name': 'A B', "
			  "'pos': [0, 2]}, 'img_id': 'x.jpg', 'relation': 'None'}\n");
	converted_begin(&done);
	converted_path(path, &done, "in/a.txt");
	assert_int_equal(file_make_parents(path, &done.err), 0);
	assert_int_equal(file_write_all(path, "a b c d", 7, &done.err), 0);
	converted_path(path, &done, "in/a.ann");
	assert_int_equal(file_write_all(path, "T1\tX 0 1;4 5\ta c\nA1\tNegation T1\n", 32, &done.err), 0);
	convert_in(&done, "brat", "conll", NULL, true);
	assert_int_equal(done.report.losses.n[LOSS_DISCONTINUOUS], 1);
	assert_int_equal(done.report.losses.n[LOSS_OTHER], 1);
	assert_string_equal(done.output, "IMGID:a\na\tB-X\nb\tI-X\nc\tI-X\nd\tO\n\n");
	converted_end(&done);
}

/* A .ann beside a text, and why it is refused. */
static void expect_bad_brat(const char *annotations, const char *reason)
{
	struct brat_document document;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(brat_parse(&document, annotations, strlen(annotations), "x.ann", &arena, &err), -1);
	if (!strstr(err.text, reason))
		fail_msg("'%s' is not in '%s'", reason, err.text);
	assert_int_equal(err.line, 1);
	arena_release(&arena);
}

static void test_bad_brat(void **state)
{
	(void)state;
	expect_bad_brat("T1\tX 5 4\tx\n", "ends before it begins");
	expect_bad_brat("T1\tX 5\tx\n", "no number");
	expect_bad_brat("T1\tX -1 4\tx\n", "no number");
	expect_bad_brat("T1\tX 1 4 5\tx\n", "more than two offsets");
	expect_bad_brat("T1\t\n", "without a type");
	expect_bad_brat("\tX\n", "without an id");
	expect_bad_brat("R1\tin Arg1:T1\t\n", "two arguments");
	expect_bad_brat("R1\tin Arg1:T1 Arg2:T2 Arg3:T3\t\n", "more than two arguments");
}

static void test_spacy(void **state)
{
	(void)state;
	expect_output("spacy", "conll", NULL,
		      "{\"text\":\"in Rome\",\"spans\":[{\"start\":3,\"end\":7,\"label\":\"LOC\"}],"
		      "\"answer\":\"accept\",\"_view_id\":\"ner\"}\n",
		      "in\tO\nRome\tB-LOC\n\n");
	expect_output("conll", "spacy", NULL, "IMGID:8\na\tO\nRome\tB-LOC\n\n",
		      "{\"text\":\"a Rome\",\"tokens\":[{\"text\":\"a\",\"start\":0,\"end\":1,\"id\":0,\"ws\":true},"
		      "{\"text\":\"Rome\",\"start\":2,\"end\":6,\"id\":1,\"ws\":false}],\"spans\":[{\"start\":2,"
		      "\"end\":6,\"token_start\":1,\"token_end\":1,\"label\":\"LOC\"}],\"meta\":{\"id\":\"8\"}}\n");
	expect_round_trip("conll", "spacy", "IMGID:8\nNew York\tB-LOC\n\tO\n\n");
	expect_round_trip("mnre", "spacy",
			  "{'token': ['A', 'B'], 'h': {'name': 'B', 'pos': [1, 2]}, 't': {'name': 'A B', "
			  "'pos': [0, 2]}, 'img_id': 'x.png', 'relation': '/per/per/peer'}\n");
	expect_loss("spacy", "conll", NULL,
		    "{\"text\":\"ab\",\"tokens\":[{\"text\":\"a\",\"start\":0,\"end\":1},{\"text\":\"b\","
		    "\"start\":1,\"end\":2}],\"spans\":[]}\n", LOSS_SPACING, 1, "");
	expect_loss("spacy", "conll", NULL,
		    "{\"text\":\"ab\",\"tokens\":[{\"text\":\"b\",\"start\":0,\"end\":1}]}\n", LOSS_RECORD,
		    1, "not what the text has");
	expect_loss("spacy", "conll", NULL, "{\"text\":\"a\",\"spans\":[],\"answer\":\"reject\"}\n",
		    LOSS_OTHER, 1, "'reject'");
}

static void test_automm(void **state)
{
	(void)state;
	expect_output("conll", "automm", NULL, "IMGID:8\na\tO\nRome\tB-LOC\n\n",
		      "{\"text_snippet\":\"a Rome\",\"image\":\"8.jpg\",\"entity_annotations\":\"[{\\\"entity_group"
		      "\\\":\\\"LOC\\\",\\\"start\\\":2,\\\"end\\\":6}]\"}\n");
	expect_round_trip("conll", "automm", TWO_TWEETS);
	expect_round_trip("conll", "automm-csv", TWO_TWEETS);
	expect_output("conll", "automm-csv", NULL, "IMGID:8\na,\tO\n\"\tB-LOC\n\n",
		      "text_snippet,image,entity_annotations\n\"a, \"\"\",8.jpg,\"[{\"\"entity_group\"\":\"\"LOC\"\","
		      "\"\"start\"\":3,\"\"end\"\":4}]\"\n");
	expect_output("automm-csv", "automm", NULL,
		      ",entity_annotations,text_snippet,image\r\n0,[],\"a\nb\",8.jpg\r\n\r\n1,,\"x\",\r\n",
		      "{\"text_snippet\":\"a\\nb\",\"image\":\"8.jpg\",\"entity_annotations\":\"[]\"}\n"
		      "{\"text_snippet\":\"x\"}\n");
	expect_loss("automm-csv", "conll", NULL, "text_snippet,mood\na,good\nb\n", LOSS_OTHER, 1, "'mood'");
	expect_loss("automm-csv", "conll", NULL, "text_snippet,mood\na,\nb\n", LOSS_RECORD, 1, "1 fields");
	expect_loss("automm", "conll", NULL, "{\"text_snippet\":\"a\",\"entity_annotations\":\"{\"}\n",
		    LOSS_RECORD, 1, "no list");
}

#define MANIFEST_LINE(record, image, phrase, score) \
	"{\"image\":\"" image "\",\"record\":\"" record "\",\"phrase\":\"" phrase "\",\"kind\":" \
	"\"noun-phrase\",\"box\":[10,20.5,30,40],\"score\":" score ",\"class\":\"dog\",\"crop\":" \
	"\"8_pred_yolo_crop_0.png\",\"model\":\"m\",\"model_sha256\":\"0\",\"version\":\"1\"}\n"

static void test_boxes(void **state)
{
	struct convert_options zero = { .voc_from_zero = true, .image_url = "" };
	static const char coco[] =
		"{\"images\":[\n{\"id\":1,\"file_name\":\"8.jpg\",\"width\":300,\"height\":200},\n"
		"{\"id\":2,\"file_name\":\"9.jpg\"}\n],\n\"annotations\":[\n{\"id\":1,\"image_id\":1,"
		"\"category_id\":1,\"bbox\":[9.0,19.0,21.0,11.0],\"area\":231.0,\"iscrowd\":0}\n],\n"
		"\"categories\":[\n{\"id\":1,\"name\":\"Big Ben\"}\n]}\n";

	(void)state;
	expect_output("coco", "coco", NULL, coco, coco);
	expect_round_trip("coco", "voc", coco);
	expect_output("coco", "voc", &zero,
		      "{\"images\":[{\"id\":1,\"file_name\":\"x/8.jpg\"}]}",
		      "8.xml:\n<annotation>\n\t<filename>8.jpg</filename>\n\t<source>\n\t\t<database>Unknown"
		      "</database>\n\t</source>\n\t<size>\n\t\t<width>0</width>\n\t\t<height>0</height>\n\t\t<depth>3"
		      "</depth>\n\t</size>\n\t<segmented>0</segmented>\n</annotation>\n");
	expect_output("manifest", "coco", NULL,
		      MANIFEST_LINE("IMGID:8", "8.jpg", "", "0.5") MANIFEST_LINE("IMGID:8", "8.jpg", "Bo", "1"),
		      "{\"images\":[\n{\"id\":1,\"file_name\":\"8.jpg\"}\n],\n\"annotations\":[\n{\"id\":1,"
		      "\"image_id\":1,\"category_id\":1,\"bbox\":[10.0,20.5,20.0,19.5],\"area\":390.0,"
		      "\"iscrowd\":0,\"score\":0.5},\n{\"id\":2,\"image_id\":1,\"category_id\":2,\"bbox\":["
		      "10.0,20.5,20.0,19.5],\"area\":390.0,\"iscrowd\":0,\"score\":1.0}\n],\n\"categories\":["
		      "\n{\"id\":1,\"name\":\"dog\"},\n{\"id\":2,\"name\":\"Bo\"}\n]}\n");
	expect_loss("manifest", "voc", NULL, MANIFEST_LINE("3", "8.jpg", "", "0.5"), LOSS_SCORE, 1, "0.5");
	expect_loss("manifest", "label-studio", NULL, MANIFEST_LINE("3", "8.jpg", "", "0.5"), LOSS_BOX, 1,
		    "the size of '8.jpg' is not known");
	expect_loss("coco", "conll", NULL, coco, LOSS_BOX, 1, "'Big Ben'");
	expect_loss("conll", "coco", NULL, "IMGID:8\na\tB-PER\n\n", LOSS_TEXT, 1, "boxes alone");
	expect_loss("coco", "coco", NULL,
		    "{\"images\":[],\"annotations\":[{\"id\":1,\"image_id\":4}]}", LOSS_BOX, 1,
		    "not among");
}

static void test_img2crop(void **state)
{
	struct convert_options url = { .image_url = "crops/" };
	struct converted done;
	struct aux_dict dict;
	char path[256];

	(void)state;
	convert_text(&done, "manifest", "img2crop", &url, false,
		     MANIFEST_LINE("IMGID:8.x", "8.x.jpg", "", "0.5") MANIFEST_LINE("IMGID:8.x", "8.x.jpg", "", "1"));
	assert_int_equal(done.rc, 0);
	converted_path(path, &done, "out");
	assert_int_equal(aux_dict_read(&dict, path, &done.err), 0);
	assert_int_equal(dict.n, 1);
	assert_string_equal(dict.entries[0].key, "8");
	assert_int_equal(dict.entries[0].n, 1);
	assert_string_equal(dict.entries[0].names[0], "crops/8_pred_yolo_crop_0.png");
	aux_dict_release(&dict);
	converted_end(&done);
}

static void test_lossy(void **state)
{
	struct converted done;

	(void)state;
	convert_text(&done, "doccano", "conll", NULL, true,
		     "{\"text\":\"New York City\",\"label\":[[0,8,\"LOC\"],[4,13,\"LOC\"]]}\n{\"text\":1.5}\n");
	assert_int_equal(done.rc, 0);
	assert_true(done.report.written);
	assert_int_equal(done.report.losses.n[LOSS_OVERLAP], 1);
	assert_int_equal(done.report.losses.n[LOSS_RECORD], 1);
	assert_string_equal(done.output, "New\tB-LOC\nYork\tI-LOC\nCity\tO\n\n");
	converted_end(&done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips), cmocka_unit_test(test_doccano),
		cmocka_unit_test(test_doccano_losses), cmocka_unit_test(test_relations),
		cmocka_unit_test(test_schemes), cmocka_unit_test(test_columns),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_umgf),
		cmocka_unit_test(test_label_studio), cmocka_unit_test(test_label_studio_boxes),
		cmocka_unit_test(test_brat), cmocka_unit_test(test_bad_brat),
		cmocka_unit_test(test_spacy), cmocka_unit_test(test_automm),
		cmocka_unit_test(test_boxes), cmocka_unit_test(test_img2crop),
		cmocka_unit_test(test_lossy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
