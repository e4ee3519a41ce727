# Covariances of regressions by sandwich and clubSandwich, for tests/models/test_leverages.py.
#
#   Rscript covariances.R        writes covariances.csv
#
# Data: R's warpbreaks and stackloss, in data.csv too; clusters are row numbers modulo 7.
suppressMessages({library(sandwich); library(clubSandwich)})
rows <- list()
keep <- function(case, type, matrix, df = NA) {
  k <- ncol(matrix)
  rows[[paste(case, type)]] <<- data.frame(case, type, i = rep(seq_len(k) - 1, k), j = rep(seq_len(k) - 1, each = k),
                                           value = as.vector(matrix), df = rep(df, length.out = k * k))
}
tight <- glm.control(epsilon = 1e-14, maxit = 200)
warp <- transform(warpbreaks, many = as.numeric(breaks > 26))
fits <- list(lm = lm(stack.loss ~ Air.Flow + Water.Temp + Acid.Conc., stackloss),
             poisson = glm(breaks ~ wool + tension, poisson, warp, control = tight),
             binomial = glm(many ~ wool + tension, binomial, warp, control = tight))
for (case in names(fits)) {
  fit <- fits[[case]]
  groups <- (seq_len(nobs(fit)) - 1) %% 7
  for (type in c("HC0", "HC1", "HC2", "HC3")) keep(case, type, vcovHC(fit, type = type))
  keep(case, "cluster", vcovCL(fit, groups, type = "HC1"))
  cr2 <- vcovCR(fit, groups, type = "CR2")
  keep(case, "CR2", as.matrix(cr2), coef_test(fit, cr2, test = "Satterthwaite")$df)
}
table <- do.call(rbind, rows)
table$value <- format(table$value, digits = 15); table$df <- format(table$df, digits = 15)
write.csv(table, "covariances.csv", row.names = FALSE, quote = FALSE)
