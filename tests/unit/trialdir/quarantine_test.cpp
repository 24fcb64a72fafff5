#include "trialdir/quarantine.hpp"

#include "trialdir/layout.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

Trial trial_at(VirtualFileSystem& fs) {
    Trial trial;
    trial.id = "000042";
    trial.inode = fs.stat("trials/000042").value().inode;
    return trial;
}

void make_trial(VirtualFileSystem& fs) {
    fs.make_directories(layout::zombies);
    fs.put("trials/000042/config.json", "{}");
    fs.put("trials/000042/flows/1.json", "1");
    fs.put("trials/000042/checkpoint/model", "weights");
}

TEST(SetAside, TheOldDirectoryMovesAndANewOneTakesItsPlace) {
    VirtualFileSystem fs;
    make_trial(fs);
    Trial trial = trial_at(fs);
    auto straggler = *fs.disk()->find("trials/000042");
    auto inode = set_aside(fs, trial);
    ASSERT_TRUE(inode) << inode.error().text();
    EXPECT_NE(*inode, trial.inode);
    EXPECT_EQ(fs.get("trials/000042/checkpoint/model"), "weights");
    // What a straggler writes in its working directory lands where nobody looks.
    EXPECT_EQ(*fs.disk()->find(layout::zombies + "/000042." + std::to_string(trial.inode)), straggler);
    EXPECT_EQ(set_aside(fs, trial).value(), *inode);
}

TEST(SetAside, WhatAStragglerHasOpenIsNotTheCopys) {
    VirtualFileSystem fs;
    make_trial(fs);
    Trial trial = trial_at(fs);
    auto open = *fs.disk()->find("trials/000042/checkpoint/model");
    ASSERT_TRUE(set_aside(fs, trial));
    open->content = "half a wei";
    EXPECT_EQ(fs.get("trials/000042/checkpoint/model"), "weights");
}

TEST(SetAside, ACrashIsMadeGoodByDoingItAgain) {
    Trial trial;
    crash_everywhere(
        [&](auto& fs) {
            make_trial(fs);
            trial = trial_at(fs);
        },
        [&](auto& fs) { ASSERT_TRUE(set_aside(fs, trial)); },
        [&](auto& fs, bool) {
            auto home = fs.disk()->find("trials/000042");
            bool moved = fs.exists(layout::zombies + "/000042." + std::to_string(trial.inode));
            bool old = home && (*home)->inode == trial.inode;
            if (old == moved && (old || !home)) return;  // half a rename: no disk does that
            auto inode = set_aside(fs, trial);
            ASSERT_TRUE(inode) << inode.error().text();
            EXPECT_NE(*inode, trial.inode);
            EXPECT_EQ(fs.get("trials/000042/config.json"), "{}");
            EXPECT_EQ(fs.get("trials/000042/flows/1.json"), "1");
            EXPECT_EQ(fs.get("trials/000042/checkpoint/model"), "weights");
        });
}

TEST(SetAside, FilesOfAnySizeAreCopiedWhole) {
    for (std::size_t size : {(16u << 20) - 1, 16u << 20, (16u << 20) + 1, 40u << 20}) {
        VirtualFileSystem fs;
        make_trial(fs);
        std::string model(size, 'm');
        fs.put("trials/000042/checkpoint/model", model);
        ASSERT_TRUE(set_aside(fs, trial_at(fs)));
        EXPECT_TRUE(fs.get("trials/000042/checkpoint/model") == model) << size;
    }
}

TEST(SetAside, HiddenFilesAreKept) {
    VirtualFileSystem fs;
    make_trial(fs);
    for (auto* name : {".state", ".cache/step", "notes~", "model.tmp", ".nfs0001"})
        fs.put(std::string("trials/000042/") + name, "kept");
    ASSERT_TRUE(set_aside(fs, trial_at(fs)));
    for (auto* name : {".state", ".cache/step", "notes~", "model.tmp"})
        EXPECT_EQ(fs.get(std::string("trials/000042/") + name), "kept") << name;
    EXPECT_FALSE(fs.exists("trials/000042/.nfs0001"));
}

TEST(SetAside, LinksAreNotFollowed) {
    VirtualFileSystem fs;
    make_trial(fs);
    ASSERT_TRUE(fs.symlink("/etc/passwd", "trials/000042/link"));
    ASSERT_TRUE(set_aside(fs, trial_at(fs)));
    EXPECT_FALSE(fs.exists("trials/000042/link"));
}

}  // namespace
}  // namespace tw::test
