/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grounding with a grounder that knows nothing: it sees a thing in each quarter of a picture and
 * gives the first phrases the first quarters. What is tested is names, dict, manifest and resuming.
 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/sniff.h"
#include "preprocess/aux_dict.h"
#include "preprocess/ground/ground.h"
#include "tests/unit/test.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#define SIDE 64

static atomic_int asked;

static int quarters(struct grounder *grounder, const struct image *image, const char *name,
		    const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		    size_t *n_out, struct arena *arena, struct err *err)
{
	float w = (float)image->width / 2, h = (float)image->height / 2;

	(void)grounder;
	(void)name;
	(void)phrases;
	(void)err;
	atomic_fetch_add(&asked, 1);
	*out = arena_alloc(arena, 4, sizeof(**out));
	*n_out = 4;
	for (size_t i = 0; i < 4; i++) {
		float x = (float)(i % 2) * w, y = (float)(i / 2) * h;

		(*out)[i] = (struct grounded){ i < n_phrases ? i : GROUNDED_NO_PHRASE,
					       { x - 5, y - 5, x + w, y + h }, 0.9f - 0.1f * (float)i,
					       "thing" };
	}
	return 0;
}

static struct grounder *clone_quarters(struct grounder *grounder, struct err *err);

static void free_nothing(struct grounder *grounder)
{
	(void)grounder;
}

static struct grounder the_grounder = { .name = "quarters",
					.model = "quarters.safetensors",
					.model_sha256 = "00ff",
					.ground = quarters,
					.clone = clone_quarters,
					.free = free_nothing };

static struct grounder *clone_quarters(struct grounder *grounder, struct err *err)
{
	(void)err;
	return grounder;
}

static void write_picture(const char *path, int shade)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_alloc(&image, SIDE, SIDE, &err), 0);
	memset(image.rgb, shade, (size_t)SIDE * SIDE * 3);
	assert_int_equal(image_encode_png(&image, path, &err), 0);
	image_release(&image);
}

static void write_text(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_write_all(path, text, strlen(text), &err), 0);
}

/* Work in a new folder, which is left behind under /tmp only when a test fails. */
static int enter_folder(void **state)
{
	char *folder = strdup("/tmp/tagsight-ground-XXXXXX");

	*state = folder;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static char pictures[] = "pictures", crops[] = "crops", dict_path[] = "dict.pth", text[] = "text",
	    set[] = "set", train[] = "train", root[] = ".";

static struct split the_split(enum task task)
{
	return (struct split){ .task = task, .layout = "conll", .set = set, .name = train,
			       .text = text, .images = pictures, .crops = crops, .dict = dict_path };
}

static void ground(enum task task, const struct ground_options *options,
		   struct ground_report *report)
{
	struct split split = the_split(task);
	struct dataset dataset = { root, "conll", &split, 1 };
	struct err err = ERR_INIT;
	int rc = ground_split(&dataset, &split, &the_grounder, options, NULL, report, &err);

	if (rc < 0)
		print_message("%s\n", err.text);
	assert_int_equal(rc, 0);
}

static struct aux_dict read_dict(void)
{
	struct aux_dict dict;
	struct err err = ERR_INIT;

	assert_int_equal(aux_dict_read(&dict, dict_path, &err), 0);
	return dict;
}

static void make_tweets(void)
{
	mkdir(pictures, 0777);
	write_picture("pictures/8.jpg", 10);
	write_picture("pictures/10.jpg", 30);
	write_text("pictures/9.jpg", "<html>not here</html>");
	write_text(text, "IMGID:8\nParis\tB-LOC\nhas\tO\nthe\tO\nbig\tO\ntower\tO\n\n"
			 "IMGID:9\nRome\tB-LOC\n\nIMGID:10\nwe\tO\n\nIMGID:11\nOslo\tB-LOC\n\n");
}

static const char first_line[] =
	"{\"image\":\"8.jpg\",\"record\":\"IMGID:8\",\"phrase\":\"Paris\",\"kind\":\"location\","
	"\"box\":[0.0,0.0,32.0,32.0],\"score\":0.9,\"class\":\"thing\","
	"\"crop\":\"8_pred_yolo_crop_0.png\",\"model\":\"quarters\",\"model_sha256\":\"00ff\","
	"\"version\":\"\"}\n";

static void test_tweets_get_crops_and_a_dict(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct aux_dict dict;
	struct file_map manifest;
	struct err err = ERR_INIT;

	(void)state;
	make_tweets();
	mkdir(crops, 0777);
	write_text("crops/8_pred_yolo_crop_0.png.123-0a1b2c3d.part", "a killed run left this");
	write_text("crops/mine.png.123-0a1b2c3d.part", "a user left this");
	ground(TASK_NER, &options, &report);
	assert_false(file_exists("crops/8_pred_yolo_crop_0.png.123-0a1b2c3d.part"));
	assert_true(file_exists("crops/mine.png.123-0a1b2c3d.part"));
	assert_int_equal(report.records, 4);
	assert_int_equal(report.unreadable, 2);
	assert_int_equal(report.without, 2);
	assert_int_equal(report.crops, 6);
	dict = read_dict();
	assert_int_equal(dict.n, 4);
	assert_string_equal(dict.entries[0].key, "8.jpg");
	assert_int_equal(dict.entries[0].n, 3);
	assert_string_equal(dict.entries[0].names[0], "8_pred_yolo_crop_0.png");
	assert_string_equal(dict.entries[1].key, "9.jpg");
	assert_int_equal(dict.entries[1].n, 0);
	aux_dict_release(&dict);
	assert_true(file_exists("crops/8_pred_yolo_crop_2.png"));
	assert_false(file_exists("crops/8_pred_yolo_crop_3.png"));
	assert_int_equal(file_map_open(&manifest, "tagsight/set-train.boxes.jsonl", &err), 0);
	assert_memory_equal(manifest.data, first_line, strlen(first_line));
	file_map_close(&manifest);
	assert_false(file_exists("tagsight/set-train.boxes.jsonl.part"));
	asked = 0;
	ground(TASK_NER, &options, &report);
	assert_true(report.done_before);
	assert_int_equal(asked, 0);
	options.top = 1;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 2);
}

static void test_options_choose_boxes(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;

	(void)state;
	make_tweets();
	options.matches_only = true;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 2); /* Paris, the big tower */
	options.whole_picture = WHOLE_FOR_ALL;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 3); /* and the whole of 10 */
	options.least_side = 1000;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 2); /* the whole of 8 and of 10 */
}

/* One thing that nobody asked for, and the whole picture for the first phrase. */
static int thing_and_whole(struct grounder *grounder, const struct image *image, const char *name,
			   const struct phrase *phrases, size_t n_phrases, struct grounded **out,
			   size_t *n_out, struct arena *arena, struct err *err)
{
	if (quarters(grounder, image, name, phrases, n_phrases, out, n_out, arena, err) < 0)
		return -1;
	(*out)[0].phrase = GROUNDED_NO_PHRASE;
	(*out)[1] = (struct grounded){ 0, { 0, 0, (float)image->width, (float)image->height }, 0,
				       WHOLE_PICTURE };
	*n_out = n_phrases ? 2 : 1;
	return 0;
}

static void test_the_whole_picture_comes_last(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct buf manifest = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_tweets();
	the_grounder.ground = thing_and_whole;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 3); /* a thing and Paris, a thing */
	assert_int_equal(file_read_all("tagsight/set-train.boxes.jsonl", &manifest, 1 << 20, &err), 0);
	assert_non_null(strstr(manifest.data,
			       "\"class\":\"whole-picture\",\"crop\":\"8_pred_yolo_crop_1.png\""));
	buf_release(&manifest);
	options.top = 1;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 2); /* the things */
	options.top = 3;
	options.whole_picture = WHOLE_NEVER;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.crops, 2);
	the_grounder.ground = quarters;
}

/* Two relations of one picture: it is looked at once, and a box that both use is one file. */
static void test_relations_share_a_picture(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct aux_dict dict;
	char line[512], both[1200];

	(void)state;
	mkdir(pictures, 0777);
	write_picture("pictures/twitter_1.jpg", 99);
	snprintf(line, sizeof(line), "%s",
		 "{'token': ['Ann', 'met', 'Bob'], 'h': {'name': 'Ann', 'pos': [0, 1]}, 't': {'name': "
		 "'Bob', 'pos': [2, 3]}, 'img_id': 'twitter_1.jpg', 'relation': '/per/per/peer'}");
	snprintf(both, sizeof(both), "%s\n%s\n", line, line);
	write_text(text, both);
	asked = 0;
	ground(TASK_RE, &options, &report);
	assert_int_equal(asked, 1);
	assert_int_equal(report.records, 2);
	assert_int_equal(report.pictures, 1);
	dict = read_dict();
	assert_int_equal(dict.keys, AUX_KEYS_INTEGER);
	assert_string_equal(dict.entries[1].key, "1");
	assert_string_equal(dict.entries[1].names[0], "twitter_1_pred_yolo_crop_0.png");
	aux_dict_release(&dict);
	assert_false(file_exists("crops/twitter_1_pred_yolo_crop_3.png"));
}

static void copy_bytes(const char *from, const char *to, size_t length)
{
	struct file_map map;
	struct err err = ERR_INIT;

	assert_int_equal(file_map_open(&map, from, &err), 0);
	assert_int_equal(file_write_all(to, map.data, length < map.size ? length : map.size, &err), 0);
	file_map_close(&map);
}

static void assert_same_file(const char *a, const char *b)
{
	struct file_map left, right;
	struct err err = ERR_INIT;

	assert_int_equal(file_map_open(&left, a, &err), 0);
	assert_int_equal(file_map_open(&right, b, &err), 0);
	assert_int_equal(left.size, right.size);
	assert_memory_equal(left.data, right.data, left.size);
	file_map_close(&left);
	file_map_close(&right);
}

/* A grounder that stops in the middle, as a killed process does, and leaves its journal. */
static int stop_after;

static int quarters_then_fail(struct grounder *grounder, const struct image *image, const char *name,
			      const struct phrase *phrases, size_t n_phrases,
			      struct grounded **out, size_t *n_out, struct arena *arena,
			      struct err *err)
{
	if (stop_after-- == 0)
		return err_set(err, ERR_SYSTEM, "the lights went out");
	return quarters(grounder, image, name, phrases, n_phrases, out, n_out, arena, err);
}

/* Stop after every number of pictures, cut the journal at odd places, go on: always the same. */
static void test_resuming_gives_the_same_bytes(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct split split = the_split(TASK_NER);
	struct dataset dataset = { root, "conll", &split, 1 };
	const char *journal = "tagsight/set-train.boxes.jsonl.part";
	struct ground_report report;
	struct err err = ERR_INIT;
	struct buf tweets = BUF_INIT;

	(void)state;
	mkdir(pictures, 0777);
	for (int i = 0; i < 40; i++) {
		char path[64];

		snprintf(path, sizeof(path), "pictures/%d.jpg", i);
		write_picture(path, i);
		buf_add_format(&tweets, "IMGID:%d\nParis\tB-LOC\nand\tO\na\tO\ndog\tO\n\n", i);
	}
	write_text(text, tweets.data);
	buf_release(&tweets);
	options.jobs = 2;
	ground(TASK_NER, &options, &report);
	copy_bytes("tagsight/set-train.boxes.jsonl", "want.jsonl", SIZE_MAX);
	copy_bytes(dict_path, "want.pth", SIZE_MAX);
	the_grounder.ground = quarters_then_fail;
	for (int after = 0; after < 40; after += 7) {
		size_t cut = (size_t)(after * 37);

		options.anew = true;
		stop_after = after;
		options.jobs = 1;
		assert_int_equal(ground_split(&dataset, &split, &the_grounder, &options, NULL, &report,
					      &err), -1);
		assert_string_equal(err.text, "the lights went out");
		if (after % 2)
			copy_bytes(journal, journal, (size_t)file_size(journal) - cut % 90);
		options.anew = false;
		options.jobs = 2;
		stop_after = 1000;
		/* Otherwise the mark of the first, whole run would do. */
		unlink("tagsight/set-train.grounded.json");
		ground(TASK_NER, &options, &report);
		assert_same_file("tagsight/set-train.boxes.jsonl", "want.jsonl");
		copy_bytes(dict_path, "got.pth", SIZE_MAX);
		assert_same_file("got.pth", "want.pth");
		assert_true(report.resumed <= (size_t)after);
		assert_true(after % 2 || report.resumed == (size_t)after);
	}
	the_grounder.ground = quarters;
}

static void test_a_second_process_is_refused(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct split split = the_split(TASK_NER);
	struct dataset dataset = { root, "conll", &split, 1 };
	struct ground_report report;
	struct err err = ERR_INIT;
	int fd;

	(void)state;
	make_tweets();
	assert_int_equal(file_make_folders("tagsight", &err), 0);
	assert_int_equal(file_lock("tagsight/set-train.ground.lock", &fd, &err), 0);
	assert_int_equal(ground_split(&dataset, &split, &the_grounder, &options, NULL, &report, &err),
			 -1);
	assert_int_equal(err.kind, ERR_USAGE);
	file_unlock(fd);
}

static void test_a_crop_for_each_type(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct image crop = IMAGE_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_tweets();
	write_picture("pictures/11.jpg", 50);
	mkdir("crops", 0777);
	mkdir("crops/8", 0777);
	write_text("crops/8/crop_person_8.jpg.123-0a1b2c3d.part", "a killed run left this");
	/* The words go to the quarters one by one; that of the person is too unsure. */
	options.names = CROPS_UMGF;
	options.least_score = 0.75;
	ground(TASK_NER, &options, &report);
	assert_int_equal(report.records, 4);
	assert_int_equal(report.crops, 12);
	assert_int_equal(report.without, 1);
	assert_false(file_exists("crops/8/crop_person_8.jpg.123-0a1b2c3d.part"));
	assert_false(file_exists(dict_path));
	assert_int_equal(image_decode_file(&crop, "crops/8/crop_location_8.jpg", NULL, NULL, &err), 0);
	assert_int_equal(crop.width, SIDE / 2);
	image_release(&crop);
	assert_int_equal(image_decode_file(&crop, "crops/8/crop_person_8.jpg", NULL, NULL, &err), 0);
	assert_int_equal(crop.width, SIDE);
	image_release(&crop);
	assert_true(file_exists("crops/10/crop_miscellaneous_10.jpg"));
	assert_true(file_exists("crops/10/crop_organization_10.jpg"));
	asked = 0;
	ground(TASK_NER, &options, &report);
	assert_true(report.done_before);
	assert_int_equal(report.crops, 12);
	assert_int_equal(asked, 0);
}

/* A script that cuts the upper left pixels, and nothing for the third phrase, which is the person. */
static int cut_corner(struct grounder *grounder, const struct image *image, size_t phrase, struct image *crop,
		      struct image_rect *rect, float *score, struct err *err)
{
	(void)grounder;
	*score = 0.25f;
	*rect = (struct image_rect){ 0, 0, 10 + (int)phrase, 5 };
	return phrase == 2 ? 0 : image_crop(crop, image, *rect, err);
}

static void test_crops_as_published(void **state)
{
	struct grounder publisher = the_grounder;
	struct split split = the_split(TASK_NER);
	struct dataset dataset = { root, "conll", &split, 1 };
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct image crop = IMAGE_INIT;
	static const char published[] = "\"phrase\":\"miscellaneous\",\"kind\":\"misc\","
					"\"box\":[0.0,0.0,13.0,5.0],\"score\":0.25,\"class\":\"phrase\"";
	struct file_map manifest;
	struct err err = ERR_INIT;

	(void)state;
	make_tweets();
	publisher.cut = cut_corner;
	options.names = CROPS_UMGF;
	options.as_published = true;
	options.jobs = 1;
	assert_int_equal(ground_split(&dataset, &split, &publisher, &options, NULL, &report, &err), 0);
	assert_int_equal(report.crops, 2 * 3);
	assert_int_equal(report.without, 4);
	assert_false(file_exists("crops/8/crop_person_8.jpg"));
	assert_int_equal(image_decode_file(&crop, "crops/8/crop_miscellaneous_8.jpg", NULL, NULL, &err), 0);
	assert_int_equal(crop.width, 13);
	assert_int_equal(crop.height, 5);
	image_release(&crop);
	assert_int_equal(file_map_open(&manifest, "tagsight/set-train.boxes.jsonl", &err), 0);
	assert_non_null(memmem(manifest.data, manifest.size, published, strlen(published)));
	file_map_close(&manifest);
}

static void test_crops_that_came_along_are_kept(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;

	(void)state;
	make_tweets();
	mkdir(crops, 0777);
	mkdir("crops/10", 0777);
	write_picture("crops/10/crop_person_10.jpg", 3);
	options.names = CROPS_UMGF;
	ground(TASK_NER, &options, &report);
	assert_true(report.kept);
	assert_false(file_exists("crops/8"));
	options.anew = true;
	ground(TASK_NER, &options, &report);
	assert_false(report.kept);
	assert_true(file_exists("crops/8/crop_person_8.jpg"));
}

static void test_crops_as_jpeg(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct ground_report report;
	struct file_map crop;
	struct aux_dict dict;
	struct err err = ERR_INIT;

	(void)state;
	make_tweets();
	options.format = CROPS_JPEG;
	ground(TASK_NER, &options, &report);
	dict = read_dict();
	assert_string_equal(dict.entries[0].names[0], "8_pred_yolo_crop_0.jpg");
	aux_dict_release(&dict);
	assert_int_equal(file_map_open(&crop, "crops/8_pred_yolo_crop_0.jpg", &err), 0);
	assert_int_equal(image_sniff(crop.data, crop.size), IMAGE_JPEG);
	file_map_close(&crop);
}

/* What only some grounders and names have is refused with the reason. */
static void test_refusals(void **state)
{
	struct split split = the_split(TASK_NER);
	struct dataset dataset = { root, "conll", &split, 1 };
	const struct {
		enum crop_names names;
		enum crop_format format;
		enum ground_whole whole;
		bool as_published;
		const char *reason;
	} cases[] = {
		{ CROPS_HVPNET, CROPS_AS_NAMED, WHOLE_FOR_PLACES, true, "--as-published is for UMGF's crops" },
		{ CROPS_UMGF, CROPS_AS_NAMED, WHOLE_FOR_PLACES, true, "'quarters.safetensors' is no one-stage model" },
		{ CROPS_UMGF, CROPS_PNG, WHOLE_FOR_PLACES, false, "leave out --crop-format" },
		{ CROPS_UMGF, CROPS_AS_NAMED, WHOLE_NEVER, false, "leave out --no-whole-picture" },
	};

	(void)state;
	make_tweets();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ground_options options = GROUND_OPTIONS_INIT;
		struct ground_report report;
		struct err err = ERR_INIT;

		options.names = cases[i].names;
		options.format = cases[i].format;
		options.whole_picture = cases[i].whole;
		options.as_published = cases[i].as_published;
		assert_int_equal(ground_split(&dataset, &split, &the_grounder, &options, NULL, &report,
					      &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, cases[i].reason));
	}
}

static void test_names_do_not_leave_the_folder(void **state)
{
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct split split = the_split(TASK_NER);
	struct dataset dataset = { root, "conll", &split, 1 };
	struct ground_report report;
	struct err err = ERR_INIT;

	(void)state;
	mkdir(pictures, 0777);
	write_picture("8.jpg", 1);
	write_text(text, "IMGID:../8\nParis\tB-LOC\n\n");
	assert_int_equal(ground_split(&dataset, &split, &the_grounder, &options, NULL, &report, &err),
			 0);
	assert_int_equal(report.records, 1);
	assert_int_equal(report.unreadable, 1);
	assert_int_equal(report.crops, 0);
	assert_false(file_exists("8_pred_yolo_crop_0.png"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_tweets_get_crops_and_a_dict),
		IN_FOLDER(test_options_choose_boxes),
		IN_FOLDER(test_the_whole_picture_comes_last),
		IN_FOLDER(test_relations_share_a_picture),
		IN_FOLDER(test_resuming_gives_the_same_bytes),
		IN_FOLDER(test_a_second_process_is_refused),
		IN_FOLDER(test_a_crop_for_each_type),
		IN_FOLDER(test_crops_as_published),
		IN_FOLDER(test_crops_that_came_along_are_kept),
		IN_FOLDER(test_crops_as_jpeg),
		IN_FOLDER(test_refusals),
		IN_FOLDER(test_names_do_not_leave_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
