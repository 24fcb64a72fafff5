// An ended trial as bytes of the optimizer's record.
#include "records/trial_record.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

Config config() {
    return {{{"a", nullptr}, {"b", true}, {"c", std::int64_t{-3}}, {"d", 0.1}, {"e", std::string("x\0y", 3)}},
            {"8f3a", 17, 12, 0xffffffffffffffff, 81.0, "000007", "tpe", 3},
            {"list", "object"}};
}

RecordedTrial everything() {
    RecordedTrial trial;
    trial.id = "000042";
    trial.inode = 0xfedcba9876543210;
    trial.modified = Instant(Seconds(1767225600.25));
    trial.owned = trial.reports = true;
    trial.config = PackedConfig(config());
    trial.outcome.seq = 40;
    trial.outcome.state = EndState::failed;
    trial.outcome.values = {{"cost", -0.0}, {"other", 1e300}};
    trial.outcome.reason = "exit 1";
    trial.outcome.kind = "exit";
    trial.outcome.stage = "train";
    trial.outcome.failed_tasks = {{"flow", {1, 7}}, {"train", {}}};
    trial.outcome.attempts = 4;
    trial.outcome.seconds = 12.5;
    trial.outcome.ended = Instant(Seconds(1767225601.5));
    trial.outcome.by = "anna";
    return trial;
}

TEST(TrialRecord, EveryFieldComesBack) {
    const RecordedTrial trial = everything();
    const auto read = read_recorded(write_recorded(trial));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, trial.id);
    EXPECT_EQ(read->inode, trial.inode);
    EXPECT_EQ(read->modified, trial.modified);
    EXPECT_TRUE(read->owned && read->reports && !read->alone);
    EXPECT_EQ(read->config.params(), config().params);
    EXPECT_EQ(read->config.other, config().other);
    EXPECT_EQ(write_config({read->config.params(), read->config.proposal, {}}),
              write_config({config().params, config().proposal, {}}));
    EXPECT_EQ(write_outcome(read->outcome), write_outcome(trial.outcome));
    EXPECT_EQ(read->outcome.ended, trial.outcome.ended);
    EXPECT_EQ(write_recorded(*read), write_recorded(trial));
}

// `_trial` as config.json has it: a key that is added there is to be added to the record.
TEST(TrialRecord, NothingOfAProposalIsLost) {
    const std::string text =
        R"({"x":1,"_trial":{"run":"r","k":3,"seen":2,"seed":5,"budget":9,"parent":"000001","sampler":"tpe","revision":4}})";
    RecordedTrial trial = everything();
    trial.config = PackedConfig(read_config(text, "").value());
    const auto read = read_recorded(write_recorded(trial));
    EXPECT_EQ(write_config({read->config.params(), read->config.proposal, {}}), text + "\n");
}

TEST(TrialRecord, AConfigurationIsComparedWhereItLies) {
    Params params = config().params;
    const PackedConfig packed(config());
    EXPECT_TRUE(packed.has(params));
    params["c"] = -3.0;  // the same number
    EXPECT_TRUE(packed.has(params));
    params["c"] = std::int64_t{-4};
    EXPECT_FALSE(packed.has(params));
    params.erase("c");
    EXPECT_FALSE(packed.has(params));
    EXPECT_TRUE(PackedConfig().has({}) && PackedConfig().params().empty());
    EXPECT_FALSE(PackedConfig().has(params));
}

TEST(TrialRecord, NamesAreAscending) {
    RecordedTrial trial;
    trial.id = "000000";
    trial.config = PackedConfig(Config{{{"x0", 1.0}, {"x1", 2.0}}, {}, {}});
    std::string bytes = write_recorded(trial);
    ASSERT_TRUE(read_recorded(bytes));
    bytes[bytes.find("x1") + 1] = '0';
    EXPECT_FALSE(read_recorded(bytes));
}

TEST(TrialRecord, NoOtherBytesAreRead) {
    const std::string bytes = write_recorded(everything());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(read_recorded(bytes.substr(0, size))) << size;
    EXPECT_FALSE(read_recorded(bytes + '\0'));
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
        std::string turned = bytes;
        turned[i / 8] = static_cast<char>(turned[i / 8] ^ 1 << i % 8);
        const auto read = read_recorded(turned);  // never out of bounds; what it is, the checksum says before
        EXPECT_TRUE(!read || read_recorded(write_recorded(*read)));
    }
}

}  // namespace
}  // namespace tw
