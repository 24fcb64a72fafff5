// Wilcoxon's signed-rank test for pairs: Wilcoxon, Biometrics Bulletin 1 (1945).
#pragma once

#include <vector>

namespace tw {

// One-sided: how likely the ranks of the positive differences sum up to this much or more, if either sign is
// as likely. Ties share their mean rank; zeros are ranked, and their ranks count half ("zsplit"). Exact up to
// 50 differences, beyond by the normal approximation. Finite values; 1 of none.
double signed_rank_p(std::vector<double> differences);

}  // namespace tw
