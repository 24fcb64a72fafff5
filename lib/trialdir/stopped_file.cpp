#include "trialdir/stopped_file.hpp"

#include "trialdir/epoch_documents.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

const std::string stem = "stopped.";

}  // namespace

Result<std::optional<Stopped>> stopped_in(FileSystem& fs, std::int64_t epoch) {
    auto document = newest_document(fs, stem);
    if (!document) return fail(document.error());
    if (!*document || (*document)->epoch != epoch) return std::optional<Stopped>{};
    auto stopped = read_stopped((*document)->text, (*document)->path);
    if (!stopped) return fail(stopped.error());
    return std::optional<Stopped>(std::move(*stopped));
}

Status publish_stopped(FileSystem& fs, std::int64_t epoch, const Stopped& stopped, const std::string& nonce) {
    return publish_document(fs, stem, epoch, write_stopped(stopped), nonce);
}

Status withdraw_stopped(FileSystem& fs, std::int64_t epoch) {
    return remove_if_there(fs, layout::optimizer + "/" + stem + layout::epoch(epoch));
}

}  // namespace tw
