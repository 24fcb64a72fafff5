#include "records/pool_entry.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

using State = PoolEntry::State;

TEST(PoolEntry, names_are_read_as_they_are_written) {
    for (auto& [entry, name] :
         {std::pair{PoolEntry{7, "0123abcd", State::wanted, ""}, "7.0123abcd.wanted"},
          {PoolEntry{8, "0123abcd", State::withdrawn, ""}, "8.0123abcd.withdrawn"},
          {PoolEntry{9, "0123abcd", State::begun, "n-1.aa"}, "9.0123abcd.begun.n-1.aa"},
          {PoolEntry{10, "0123abcd", State::left, "n1.bb"}, "10.0123abcd.left.n1.bb"},
          {PoolEntry{11, "0123abcd", State::unused, "n1.cc"}, "11.0123abcd.unused.n1.cc"},
          {PoolEntry{12, "0123abcd", State::over, ""}, "12.0123abcd.over"}}) {
        EXPECT_EQ(pool_entry_name(entry), name);
        EXPECT_EQ(parse_pool_entry(name), entry);
    }
}

TEST(PoolEntry, what_is_none_is_not_read) {
    for (auto* name :
         {"7.log", "", "7", "7.0123abcd", "0.0123abcd.wanted", "07.0123abcd.wanted", "-1.0123abcd.wanted",
          "7.0123ABCD.wanted", "7.0123abc.wanted", "7.0123abcd.asked", "7.0123abcd.wanted.n1.aa",
          "7.0123abcd.begun", "7.0123abcd.begun.n1", "7.0123abcd.begun.n1.aa.bb", "7.0123abcd.over.",
          "99999999999999999999.0123abcd.wanted"})
        EXPECT_FALSE(parse_pool_entry(name)) << name;
}

TEST(PoolEntry, backends_are_told_apart) {
    BackendSpec slurm{"slurm", {{"partition", "long"}}};
    EXPECT_EQ(pool_backend(slurm, "n1"), pool_backend(slurm, "n2"));
    EXPECT_NE(pool_backend(slurm, "n1"), pool_backend({"slurm", {{"partition", "short"}}}, "n1"));
    EXPECT_NE(pool_backend(slurm, "n1"), pool_backend({"htcondor", {{"partition", "long"}}}, "n1"));
    EXPECT_EQ(pool_backend(slurm, "n1").size(), 8u);
    EXPECT_EQ(pool_backend({"local", {}}, "n1"), pool_backend({"local", {}}, "n1"));
    EXPECT_NE(pool_backend({"local", {}}, "n1"), pool_backend({"local", {}}, "n2"));
}

TEST(PoolEntry, no_trial_can_have_the_name_of_the_pool) {
    EXPECT_FALSE(is_trial_id(pool_trial));
    EXPECT_EQ(pool_key(7).name(), "7.agent.0.1");
}

}  // namespace
}  // namespace tw
