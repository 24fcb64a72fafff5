#include "trialdir/experiment_dir.hpp"

#include <gmock/gmock.h>

#include "trialdir/layout.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

using testing::ElementsAre;

const std::string id = "0123456789abcdef", other = "fedcba9876543210";

TEST(Prepare, MakesEverythingOnce) {
    VirtualFileSystem fs;
    auto identity = prepare_experiment(fs, id);
    ASSERT_TRUE(identity) << identity.error().text();
    EXPECT_EQ(identity->id, id);
    EXPECT_EQ(identity->path, fs.root());
    for (auto& path :
         {layout::trials, layout::journal, layout::claims, layout::spool + "/00", layout::spool + "/15",
          layout::beats, layout::zombies, layout::requests, layout::identity})
        EXPECT_TRUE(fs.exists(path)) << path;
    auto before = fs.dump();
    EXPECT_EQ(prepare_experiment(fs, other)->id, id);
    EXPECT_EQ(fs.dump(), before);
}

TEST(Prepare, CompletesWhatACrashLeft) {
    crash_everywhere([](auto&) {}, [](auto& fs) { ASSERT_TRUE(prepare_experiment(fs, id)); },
                     [](auto& fs, bool ended) {
                         auto identity = prepare_experiment(fs, other);
                         ASSERT_TRUE(identity) << identity.error().text();
                         if (ended) {
                             EXPECT_EQ(identity->id, id);  // it was told to somebody
                         }
                         VirtualFileSystem whole;
                         ASSERT_TRUE(prepare_experiment(whole, identity->id));
                         for (auto& [path, content] : whole.dump())
                             EXPECT_TRUE(!path.ends_with('/') || fs.exists(path)) << path;
                     });
}

TEST(Prepare, TwoAtOnceAgreeOnOneId) {
    VirtualFileSystem fs;
    bool raced = false;
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op != "link" || std::exchange(raced, true)) return {};
        VirtualFileSystem rival(fs.disk());
        EXPECT_EQ(prepare_experiment(rival, other)->id, other);
        return {};
    });
    fs.hide_missing_for(Seconds(60));  // a network client that looked by name would not see the rival's
    auto identity = prepare_experiment(fs, id);
    ASSERT_TRUE(identity) << identity.error().text();
    EXPECT_EQ(identity->id, other);
}

TEST(IdentityFile, IsNotThereOrIsReadOrIsAnError) {
    VirtualFileSystem fs;
    EXPECT_FALSE(read_identity_file(fs)->has_value());
    fs.make_directories(layout::private_directory);
    EXPECT_FALSE(read_identity_file(fs)->has_value());
    fs.put(layout::identity, "{}");
    EXPECT_FALSE(read_identity_file(fs));
    fs.put(layout::identity, write_identity({id, "/somewhere", 7}));
    EXPECT_EQ((*read_identity_file(fs))->inode, 7u);
    fs.inject({.op = "list"});
    EXPECT_FALSE(read_identity_file(fs));
    fs.clear_faults();
    fs.inject({.op = "read"});
    EXPECT_FALSE(read_identity_file(fs));
}

TEST(CheckIdentity, RefusesACopyAndAMove) {
    VirtualFileSystem fs;
    Identity identity = prepare_experiment(fs, id).value();
    EXPECT_TRUE(check_identity(fs, identity));
    VirtualFileSystem moved(fs.disk(), "/virtual/elsewhere");
    auto refused = check_identity(moved, identity);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::refused);
    EXPECT_NE(refused.error().text().find("/virtual/experiment"), std::string::npos);
    EXPECT_NE(refused.error().hint.find("--moved"), std::string::npos);
    Identity copied = identity;
    copied.inode += 1;  // the same path, another directory
    EXPECT_FALSE(check_identity(fs, copied));
    fs.inject({.op = "stat"});
    EXPECT_FALSE(check_identity(fs, identity));
}

TEST(LoadExperiment, TellsWhatIsWrong) {
    VirtualFileSystem fs;
    auto none = load_experiment(fs);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().at(0).code, Code::invalid);
    EXPECT_NE(none.error().at(0).hint.find("trialctl init"), std::string::npos);
    fs.put("experiment.json", one_stage);
    auto loaded = load_experiment(fs);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->text, one_stage);
    EXPECT_EQ(loaded->experiment.name, "t");
    fs.put("experiment.json", R"({"format": 1, "nme": 1})");
    EXPECT_FALSE(load_experiment(fs));
}

TEST(ListTrials, TakesDirectoriesWithGoodNamesOnly) {
    VirtualFileSystem fs;
    EXPECT_FALSE(list_trials(fs));
    for (auto name : {"000002", "000001", "mine", "1000000", "a.b", "@before", "00001", "-x"})
        fs.make_directories(std::string("trials/") + name);
    fs.put("trials/000009", "a file");
    fs.put("trials/notes.txt", "a file");
    fs.make_directories("trials/.hidden");
    fs.make_directories("trials/old~");
    ASSERT_TRUE(fs.symlink("/tmp", "trials/000007"));
    auto listing = list_trials(fs);
    ASSERT_TRUE(listing);
    EXPECT_THAT(listing->ids, ElementsAre("000001", "000002", "1000000", "mine"));
    std::vector<std::string> refused;
    for (auto& error : listing->refused) refused.push_back(error.file);
    EXPECT_THAT(refused, testing::UnorderedElementsAre("trials/a.b", "trials/@before", "trials/00001",
                                                       "trials/-x", "trials/000007"));
    for (auto& error : listing->refused) EXPECT_FALSE(error.what.empty() || error.hint.empty());
}

// A FIFO, a socket, a device, under the name of a trial.
struct OddFileSystem final : FileSystem {
    VirtualFileSystem below;
    Result<std::vector<DirectoryEntry>> list(const std::string&) override {
        return std::vector<DirectoryEntry>{{"000001", FileKind::other}};
    }
    Result<FileStat> stat(const std::string& path) override { return below.stat(path); }
    Result<std::string> read(const std::string& path, std::int64_t a, std::int64_t b) override {
        return below.read(path, a, b);
    }
    Status create(const std::string&, std::string_view, std::uint32_t) override { return {}; }
    Result<std::unique_ptr<Appender>> create_appender(const std::string& path) override {
        return below.create_appender(path);
    }
    Status append_line(const std::string&, std::string_view) override { return {}; }
    Status make_directory(const std::string&) override { return {}; }
    Status link(const std::string&, const std::string&) override { return {}; }
    Status symlink(const std::string&, const std::string&) override { return {}; }
    Status rename(const std::string&, const std::string&) override { return {}; }
    Status remove(const std::string&) override { return {}; }
    Status remove_directory(const std::string&) override { return {}; }
    Status sync(const std::string&) override { return {}; }
    Status sync_all() override { return {}; }
    Result<std::int64_t> free_bytes() override { return 0; }
    const std::string& root() const override { return below.root(); }
};

TEST(ListTrials, SomethingElseUnderATrialsNameIsRefused) {
    OddFileSystem fs;
    auto listing = list_trials(fs);
    ASSERT_TRUE(listing);
    EXPECT_TRUE(listing->ids.empty());
    ASSERT_EQ(listing->refused.size(), 1u);
    EXPECT_EQ(listing->refused[0].what, "a trial must be a directory");
}

TEST(LookAtTrial, SeesRegularFilesOnly) {
    VirtualFileSystem fs;
    for (auto name : {"config.json", "stop", "training_done"})
        fs.put(std::string("trials/000001/") + name, "");
    fs.make_directories("trials/000001/kill");
    ASSERT_TRUE(fs.symlink("config.json", "trials/000001/retry"));
    auto files = look_at_trial(fs, "000001");
    ASSERT_TRUE(files);
    EXPECT_TRUE(files->config && files->stop && files->has("training_done"));
    EXPECT_FALSE(files->kill || files->retry || files->outcome || files->has("logs"));
    EXPECT_EQ(look_at_trial(fs, "000002").error().code, Code::not_found);
    fs.put(".trialwatch/once/before/config.json", "");
    EXPECT_TRUE(look_at_trial(fs, "@before")->config);
}

TEST(CreateTrial, TakesTheNextFreeNumber) {
    VirtualFileSystem fs;
    fs.make_directories("trials/000003");
    EXPECT_EQ(create_trial_directory(fs, "{}\n", "n1", 2).value(), "000002");
    EXPECT_EQ(create_trial_directory(fs, "{}\n", "n1", 2).value(), "000004");
    EXPECT_EQ(fs.get("trials/000004/config.json"), "{}\n");
    fs.put("trials/000005", "a file");
    EXPECT_EQ(create_trial_directory(fs, "{}\n", "n1", 5).value(), "000006");
}

TEST(CreateTrial, TwoAtOnceGetTwoNumbers) {
    VirtualFileSystem fs;
    fs.make_directories("trials");
    TrialId theirs;
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op != "make_directory" || !theirs.empty()) return {};
        VirtualFileSystem rival(fs.disk());
        theirs = create_trial_directory(rival, "theirs", "n2", 1).value();
        return {};
    });
    auto ours = create_trial_directory(fs, "ours", "n1", 1);
    ASSERT_TRUE(ours);
    EXPECT_EQ(theirs, "000001");
    EXPECT_EQ(*ours, "000002");
    EXPECT_EQ(fs.get("trials/000001/config.json"), "theirs");
    EXPECT_EQ(fs.get("trials/000002/config.json"), "ours");
}

TEST(CreateTrial, AFullDiskLeavesNoEmptyDirectories) {
    VirtualFileSystem fs;
    fs.make_directories("trials");
    fs.disk()->set_capacity(0);
    EXPECT_EQ(create_trial_directory(fs, "{}", "n1", 1).error().code, Code::no_space);
    EXPECT_FALSE(fs.exists("trials/000001"));
}

TEST(CreateTrial, ACrashLeavesAWholeConfigOrNone) {
    crash_everywhere([](auto& fs) { fs.make_directories("trials"); },
                     [](auto& fs) { ASSERT_TRUE(create_trial_directory(fs, "{\"lr\":1}\n", "n1", 1)); },
                     [](auto& fs, bool ended) {
                         auto config = fs.get("trials/000001/config.json");
                         if (config || ended) {
                             EXPECT_EQ(config, "{\"lr\":1}\n");
                         }
                         EXPECT_TRUE(create_trial_directory(fs, "{}", "n2", 1));
                     });
}

}  // namespace
}  // namespace tw::test
