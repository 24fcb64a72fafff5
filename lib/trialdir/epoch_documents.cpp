#include "trialdir/epoch_documents.hpp"

#include <algorithm>
#include <vector>

#include "records/documents.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::size_t digits = 10;  // names sort as numbers

bool is_epoch(std::string_view text) {
    return text.size() == digits && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<std::vector<std::string>> list_by_epoch(FileSystem& fs, const std::string& stem) {
    auto entries = fs.list(layout::optimizer);
    if (!entries && entries.error().code == Code::not_found) return std::vector<std::string>{};
    if (!entries) return fail(entries.error());
    std::vector<std::string> names;
    for (auto& entry : *entries)
        if (entry.name.starts_with(stem) && is_epoch(std::string_view(entry.name).substr(stem.size())))
            names.push_back(entry.name);
    std::sort(names.begin(), names.end());
    return names;
}

// One that is gone when it is read was followed by a newer one, or taken back.
Result<std::optional<EpochDocument>> newest_document(FileSystem& fs, const std::string& stem) {
    for (int tries = 0;; ++tries) {
        auto names = list_by_epoch(fs, stem);
        if (!names) return fail(names.error());
        if (names->empty()) return std::optional<EpochDocument>{};
        std::string path = layout::optimizer + "/" + names->back();
        auto text = read_document(fs, path, document_limit);
        if (!text && tries < 10 && (text.error().code == Code::not_found || text.error().code == Code::stale))
            continue;
        if (!text) return fail(text.error());
        return EpochDocument{path, std::stoll(names->back().substr(stem.size())), std::move(*text)};
    }
}

Status publish_document(FileSystem& fs, const std::string& stem, std::int64_t epoch, const std::string& text,
                        const std::string& nonce) {
    std::string name = stem + layout::epoch(epoch);
    auto made = publish(fs, layout::optimizer + "/" + name, text, nonce);
    if (!made) return made;  // the new one before the old one goes: at no moment there is none
    auto names = list_by_epoch(fs, stem);
    if (!names) return {};
    for (auto& old : *names)
        if (old < name) (void)remove_if_there(fs, layout::optimizer + "/" + old);
    return {};
}

}  // namespace tw
