#include "trialdir/goal_file.hpp"

#include "trialdir/epoch_documents.hpp"

namespace tw {

namespace {

const std::string stem = "goal.";

}  // namespace

Result<std::optional<Goal>> newest_goal(FileSystem& fs) {
    auto document = newest_document(fs, stem);
    if (!document) return fail(document.error());
    if (!*document) return std::optional<Goal>{};
    auto goal = read_goal((*document)->text, (*document)->path);
    if (!goal) return fail(goal.error());
    return std::optional<Goal>(std::move(*goal));
}

Status publish_goal(FileSystem& fs, std::int64_t epoch, const Goal& goal, const std::string& nonce) {
    return publish_document(fs, stem, epoch, write_goal(goal), nonce);
}

}  // namespace tw
