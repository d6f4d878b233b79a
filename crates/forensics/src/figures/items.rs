//! The lines of the statements, and the tags they are reported under, in order of preference.

/// How a line can be had.
#[derive(Clone, Copy, Debug)]
pub(super) enum Recipe {
    /// A tag.
    Tag(&'static str),
    /// The sum of tags that must all be there.
    All(&'static [&'static str]),
    /// The sum of those tags that are there: parts that filers use as far as they have them.
    Any(&'static [&'static str]),
    /// One tag less another.
    Less(&'static str, &'static str),
    /// `us-gaap:LongTermDebt`, as far as it is due later than in a year.
    DebtLine,
}

use Recipe::{All, Any, DebtLine, Less, Tag};

/// Kinds of debt due later than in a year, for filers who have no line for all of it.
pub(super) const LONG_TERM_PARTS: &[&str] = &[
    "us-gaap:SeniorLongTermNotes",
    "us-gaap:LongTermNotesPayable",
    "us-gaap:ConvertibleLongTermNotesPayable",
    "us-gaap:ConvertibleDebtNoncurrent",
    "us-gaap:LongTermLineOfCredit",
    "us-gaap:LongTermLoansPayable",
    "us-gaap:LongTermLoansFromBank",
    "us-gaap:SecuredLongTermDebt",
    "us-gaap:UnsecuredLongTermDebt",
    "us-gaap:OtherLongTermDebtNoncurrent",
    "us-gaap:LongTermNotesAndLoans",
    "us-gaap:NotesPayableRelatedPartiesNoncurrent",
];

/// A line of the statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// Total assets.
    Assets,
    /// Total current assets.
    CurrentAssets,
    /// Total current liabilities.
    CurrentLiabilities,
    /// Total liabilities; derived from the balance-sheet identity where untagged.
    Liabilities,
    /// Equity of the parent's shareholders.
    Equity,
    /// Retained earnings or accumulated deficit.
    RetainedEarnings,
    /// Cash and cash equivalents.
    Cash,
    /// Investments due within a year.
    ShortTermInvestments,
    /// Investments and advances due later.
    LongTermInvestments,
    /// Trade receivables, current, net.
    Receivables,
    /// Inventory, net.
    Inventory,
    /// Property, plant and equipment, net.
    PpeNet,
    /// Property, plant and equipment, gross.
    PpeGross,
    /// Long-term debt without its current part.
    LongTermDebt,
    /// Debt due within a year.
    CurrentDebt,
    /// Income taxes payable, current.
    TaxesPayable,
    /// Preferred stock in equity.
    PreferredStock,
    /// Other current assets.
    OtherCurrentAssets,
    /// Total revenue.
    Revenue,
    /// Cost of revenue.
    CostOfRevenue,
    /// Gross profit.
    GrossProfit,
    /// Selling, general and administrative expense.
    Sga,
    /// Depreciation and amortisation.
    Depreciation,
    /// Earnings before interest and taxes.
    Ebit,
    /// Income before taxes.
    PretaxIncome,
    /// Net income of the parent's shareholders.
    NetIncome,
    /// Cash flow from operating activities.
    OperatingCashFlow,
    /// Cash flow from investing activities.
    InvestingCashFlow,
    /// Purchases of property, plant and equipment.
    Capex,
    /// Proceeds from issuing shares.
    StockIssued,
    /// Proceeds from issuing debt.
    DebtIssued,
    /// Shares outstanding at the balance-sheet date.
    SharesOutstanding,
    /// Weighted average number of shares, basic.
    SharesAverage,
}

impl Item {
    /// What it is called in inputs and reasons.
    pub fn name(self) -> &'static str {
        match self {
            Item::Assets => "total assets",
            Item::CurrentAssets => "current assets",
            Item::CurrentLiabilities => "current liabilities",
            Item::Liabilities => "total liabilities",
            Item::Equity => "equity of the parent",
            Item::RetainedEarnings => "retained earnings",
            Item::Cash => "cash and equivalents",
            Item::ShortTermInvestments => "short-term investments",
            Item::LongTermInvestments => "long-term investments",
            Item::Receivables => "receivables",
            Item::Inventory => "inventory",
            Item::PpeNet => "property, plant and equipment, net",
            Item::PpeGross => "property, plant and equipment, gross",
            Item::LongTermDebt => "long-term debt",
            Item::CurrentDebt => "current debt",
            Item::TaxesPayable => "income taxes payable",
            Item::PreferredStock => "preferred stock",
            Item::OtherCurrentAssets => "other current assets",
            Item::Revenue => "revenue",
            Item::CostOfRevenue => "cost of revenue",
            Item::GrossProfit => "gross profit",
            Item::Sga => "selling, general and administrative expense",
            Item::Depreciation => "depreciation and amortisation",
            Item::Ebit => "EBIT",
            Item::PretaxIncome => "income before taxes",
            Item::NetIncome => "net income",
            Item::OperatingCashFlow => "operating cash flow",
            Item::InvestingCashFlow => "investing cash flow",
            Item::Capex => "capital expenditure",
            Item::StockIssued => "proceeds from shares issued",
            Item::DebtIssued => "proceeds from debt issued",
            Item::SharesOutstanding => "shares outstanding",
            Item::SharesAverage => "weighted average shares, basic",
        }
    }

    /// Whether it belongs to a period rather than a day.
    pub fn is_flow(self) -> bool {
        matches!(
            self,
            Item::Revenue
                | Item::CostOfRevenue
                | Item::GrossProfit
                | Item::Sga
                | Item::Depreciation
                | Item::Ebit
                | Item::PretaxIncome
                | Item::NetIncome
                | Item::OperatingCashFlow
                | Item::InvestingCashFlow
                | Item::Capex
                | Item::StockIssued
                | Item::DebtIssued
                | Item::SharesAverage
        )
    }

    /// Whether it counts shares rather than money.
    pub fn is_shares(self) -> bool {
        matches!(self, Item::SharesOutstanding | Item::SharesAverage)
    }

    /// Whether it is found by the statement's logic rather than by a list of tags.
    pub(super) fn is_special(self) -> bool {
        matches!(
            self,
            Item::Liabilities | Item::Equity | Item::Revenue | Item::CostOfRevenue | Item::GrossProfit | Item::Ebit
        )
    }

    /// Whether its tags mean the same, so that a change of tags between two years does not matter.
    pub(super) fn mixes(self) -> bool {
        matches!(
            self,
            Item::ShortTermInvestments
                | Item::LongTermInvestments
                | Item::CurrentDebt
                | Item::TaxesPayable
                | Item::PreferredStock
                | Item::Inventory
        )
    }

    pub(super) fn recipes(self) -> &'static [Recipe] {
        match self {
            Item::Assets => &[
                Tag("us-gaap:Assets"),
                Tag("us-gaap:LiabilitiesAndStockholdersEquity"),
                Tag("ifrs-full:Assets"),
                Tag("ifrs-full:EquityAndLiabilities"),
            ],
            Item::CurrentAssets => &[Tag("us-gaap:AssetsCurrent"), Tag("ifrs-full:CurrentAssets")],
            Item::CurrentLiabilities => &[Tag("us-gaap:LiabilitiesCurrent"), Tag("ifrs-full:CurrentLiabilities")],
            Item::RetainedEarnings => &[
                Tag("us-gaap:RetainedEarningsAccumulatedDeficit"),
                Tag("us-gaap:DevelopmentStageEnterpriseDeficitAccumulatedDuringDevelopmentStage"),
                Any(&["us-gaap:RetainedEarningsUnappropriated", "us-gaap:RetainedEarningsAppropriated"]),
                Tag("ifrs-full:RetainedEarnings"),
            ],
            Item::Cash => &[
                Tag("us-gaap:CashAndCashEquivalentsAtCarryingValue"),
                Tag("us-gaap:Cash"),
                Tag("us-gaap:CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"),
                Tag("ifrs-full:CashAndCashEquivalents"),
            ],
            Item::ShortTermInvestments => &[
                Tag("us-gaap:ShortTermInvestments"),
                Tag("us-gaap:MarketableSecuritiesCurrent"),
                Tag("us-gaap:AvailableForSaleSecuritiesDebtSecuritiesCurrent"),
                Tag("us-gaap:AvailableForSaleSecuritiesCurrent"),
                Tag("us-gaap:DebtSecuritiesCurrent"),
                Tag("us-gaap:OtherShortTermInvestments"),
                Tag("us-gaap:HeldToMaturitySecuritiesCurrent"),
                Tag("ifrs-full:CurrentInvestments"),
            ],
            Item::LongTermInvestments => &[
                Tag("us-gaap:LongTermInvestments"),
                Tag("us-gaap:MarketableSecuritiesNoncurrent"),
                Tag("us-gaap:AvailableForSaleSecuritiesDebtSecuritiesNoncurrent"),
                Tag("us-gaap:AvailableForSaleSecuritiesNoncurrent"),
                Tag("us-gaap:EquityMethodInvestments"),
                Tag("us-gaap:InvestmentsInAffiliatesSubsidiariesAssociatesAndJointVentures"),
                Tag("us-gaap:OtherLongTermInvestments"),
            ],
            Item::Receivables => &[
                Tag("us-gaap:AccountsReceivableNetCurrent"),
                Tag("us-gaap:ReceivablesNetCurrent"),
                Tag("us-gaap:AccountsNotesAndLoansReceivableNetCurrent"),
                Tag("us-gaap:AccountsAndOtherReceivablesNetCurrent"),
                Tag("us-gaap:AccountsReceivableNet"),
                Tag("us-gaap:PremiumsReceivableAtCarryingValue"),
                Tag("ifrs-full:CurrentTradeReceivables"),
                Tag("ifrs-full:TradeAndOtherCurrentReceivables"),
                Tag("ifrs-full:TradeReceivables"),
                Tag("ifrs-full:TradeAndOtherReceivables"),
            ],
            Item::Inventory => &[
                Tag("us-gaap:InventoryNet"),
                Tag("us-gaap:InventoryNetOfAllowancesCustomerAdvancesAndProgressBillings"),
                Tag("us-gaap:RetailRelatedInventoryMerchandise"),
                Tag("us-gaap:InventoryFinishedGoodsNetOfReserves"),
                Tag("us-gaap:InventoryGross"),
                Tag("ifrs-full:Inventories"),
            ],
            Item::PpeNet => &[
                Tag("us-gaap:PropertyPlantAndEquipmentNet"),
                Tag(
                    "us-gaap:PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization",
                ),
                Tag("us-gaap:PublicUtilitiesPropertyPlantAndEquipmentNet"),
                Tag("us-gaap:RealEstateInvestmentPropertyNet"),
                Tag("us-gaap:OilAndGasPropertySuccessfulEffortMethodNet"),
                Tag("us-gaap:OilAndGasPropertyFullCostMethodNet"),
                Tag("ifrs-full:PropertyPlantAndEquipment"),
                Tag("ifrs-full:PropertyPlantAndEquipmentIncludingRightofuseAssets"),
            ],
            Item::PpeGross => &[
                Tag("us-gaap:PropertyPlantAndEquipmentGross"),
                Tag(
                    "us-gaap:PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetBeforeAccumulatedDepreciationAndAmortization",
                ),
                All(&[
                    "us-gaap:PropertyPlantAndEquipmentNet",
                    "us-gaap:AccumulatedDepreciationDepletionAndAmortizationPropertyPlantAndEquipment",
                ]),
                Tag("us-gaap:RealEstateInvestmentPropertyAtCost"),
            ],
            Item::LongTermDebt => &[
                Tag("us-gaap:LongTermDebtNoncurrent"),
                Tag("us-gaap:LongTermDebtAndCapitalLeaseObligations"),
                DebtLine,
                Any(LONG_TERM_PARTS),
                Tag("us-gaap:DebtAndCapitalLeaseObligations"),
                Tag("us-gaap:DebtLongtermAndShorttermCombinedAmount"),
                Any(&["us-gaap:SeniorNotes", "us-gaap:NotesPayable", "us-gaap:ConvertibleNotesPayable"]),
                Tag("ifrs-full:NoncurrentPortionOfNoncurrentBorrowings"),
                Tag("ifrs-full:NoncurrentPortionOfNoncurrentLoansReceived"),
                Less("ifrs-full:LongtermBorrowings", "ifrs-full:CurrentPortionOfLongtermBorrowings"),
                Tag("ifrs-full:LongtermBorrowings"),
                Tag("ifrs-full:Borrowings"),
            ],
            Item::CurrentDebt => &[
                Tag("us-gaap:DebtCurrent"),
                Any(&[
                    "us-gaap:LongTermDebtCurrent",
                    "us-gaap:LongTermDebtAndCapitalLeaseObligationsCurrent",
                    "us-gaap:ShortTermBorrowings",
                    "us-gaap:CommercialPaper",
                    "us-gaap:NotesPayableCurrent",
                    "us-gaap:ConvertibleNotesPayableCurrent",
                    "us-gaap:LinesOfCreditCurrent",
                    "us-gaap:LoansPayableCurrent",
                    "us-gaap:NotesPayableRelatedPartiesClassifiedCurrent",
                ]),
                Tag("ifrs-full:ShorttermBorrowings"),
                Tag("ifrs-full:CurrentPortionOfLongtermBorrowings"),
                Tag("ifrs-full:CurrentBorrowings"),
            ],
            Item::TaxesPayable => &[
                Tag("us-gaap:AccruedIncomeTaxesCurrent"),
                Tag("us-gaap:TaxesPayableCurrent"),
                Tag("ifrs-full:CurrentTaxLiabilitiesCurrent"),
            ],
            Item::PreferredStock => {
                &[Tag("us-gaap:PreferredStockValue"), Tag("us-gaap:PreferredStockValueOutstanding")]
            }
            Item::OtherCurrentAssets => &[
                Tag("us-gaap:OtherAssetsCurrent"),
                Tag("us-gaap:PrepaidExpenseAndOtherAssetsCurrent"),
                Tag("us-gaap:PrepaidExpenseCurrentAndNoncurrent"),
                Tag("us-gaap:PrepaidExpenseCurrent"),
                Tag("ifrs-full:OtherCurrentAssets"),
            ],
            Item::Sga => &[
                Tag("us-gaap:SellingGeneralAndAdministrativeExpense"),
                All(&["us-gaap:GeneralAndAdministrativeExpense", "us-gaap:SellingAndMarketingExpense"]),
                All(&["us-gaap:GeneralAndAdministrativeExpense", "us-gaap:SellingExpense"]),
                Tag("us-gaap:GeneralAndAdministrativeExpense"),
                Tag("ifrs-full:SellingGeneralAndAdministrativeExpense"),
                All(&["ifrs-full:AdministrativeExpense", "ifrs-full:SellingExpense"]),
                All(&["ifrs-full:AdministrativeExpense", "ifrs-full:DistributionCosts"]),
                Tag("ifrs-full:AdministrativeExpense"),
                Tag("ifrs-full:GeneralAndAdministrativeExpense"),
            ],
            Item::Depreciation => &[
                Tag("us-gaap:DepreciationDepletionAndAmortization"),
                Tag("us-gaap:DepreciationAmortizationAndAccretionNet"),
                Tag("us-gaap:DepreciationAndAmortization"),
                Tag("us-gaap:Depreciation"),
                All(&[
                    "us-gaap:CostOfGoodsAndServicesSoldDepreciationAndAmortization",
                    "us-gaap:DepreciationNonproduction",
                ]),
                Tag("us-gaap:OtherDepreciationAndAmortization"),
                Tag("ifrs-full:AdjustmentsForDepreciationAndAmortisationExpense"),
                Tag("ifrs-full:DepreciationAndAmortisationExpense"),
                Tag(
                    "ifrs-full:DepreciationAmortisationAndImpairmentLossReversalOfImpairmentLossRecognisedInProfitOrLoss",
                ),
                Tag("ifrs-full:AdjustmentsForDepreciationExpense"),
            ],
            Item::PretaxIncome => &[
                Tag(
                    "us-gaap:IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
                ),
                Tag(
                    "us-gaap:IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
                ),
                Tag("us-gaap:IncomeLossIncludingPortionAttributableToNoncontrollingInterest"),
                All(&["us-gaap:NetIncomeLoss", "us-gaap:IncomeTaxExpenseBenefit"]),
                All(&["us-gaap:ProfitLoss", "us-gaap:IncomeTaxExpenseBenefit"]),
                Tag("ifrs-full:ProfitLossBeforeTax"),
                All(&["ifrs-full:ProfitLoss", "ifrs-full:IncomeTaxExpenseContinuingOperations"]),
            ],
            Item::NetIncome => &[
                Tag("us-gaap:NetIncomeLoss"),
                Less("us-gaap:ProfitLoss", "us-gaap:NetIncomeLossAttributableToNoncontrollingInterest"),
                Tag("us-gaap:ProfitLoss"),
                Tag("us-gaap:NetIncomeLossAvailableToCommonStockholdersBasic"),
                Tag("ifrs-full:ProfitLossAttributableToOwnersOfParent"),
                Tag("ifrs-full:ProfitLoss"),
            ],
            Item::OperatingCashFlow => &[
                Tag("us-gaap:NetCashProvidedByUsedInOperatingActivities"),
                Tag("us-gaap:NetCashProvidedByUsedInOperatingActivitiesContinuingOperations"),
                Tag("ifrs-full:CashFlowsFromUsedInOperatingActivities"),
                Tag("ifrs-full:CashFlowsFromUsedInOperations"),
            ],
            Item::InvestingCashFlow => &[
                Tag("us-gaap:NetCashProvidedByUsedInInvestingActivities"),
                Tag("us-gaap:NetCashProvidedByUsedInInvestingActivitiesContinuingOperations"),
                Tag("ifrs-full:CashFlowsFromUsedInInvestingActivities"),
            ],
            Item::Capex => &[
                Tag("us-gaap:PaymentsToAcquirePropertyPlantAndEquipment"),
                Tag("us-gaap:PaymentsToAcquireProductiveAssets"),
                Tag("us-gaap:PaymentsForCapitalImprovements"),
                Tag("ifrs-full:PurchaseOfPropertyPlantAndEquipmentClassifiedAsInvestingActivities"),
            ],
            Item::StockIssued => &[
                Any(&[
                    "us-gaap:ProceedsFromIssuanceOfCommonStock",
                    "us-gaap:ProceedsFromIssuanceInitialPublicOffering",
                    "us-gaap:ProceedsFromIssuanceOfPrivatePlacement",
                    "us-gaap:ProceedsFromIssuanceOfPreferredStockAndPreferenceStock",
                    "us-gaap:ProceedsFromIssuanceOfConvertiblePreferredStock",
                    "us-gaap:ProceedsFromIssuanceOrSaleOfEquity",
                    "us-gaap:ProceedsFromStockOptionsExercised",
                    "us-gaap:ProceedsFromIssuanceOfSharesUnderIncentiveAndShareBasedCompensationPlansIncludingStockOptions",
                    "us-gaap:ProceedsFromStockPlans",
                    "us-gaap:ProceedsFromWarrantExercises",
                ]),
                Tag("ifrs-full:ProceedsFromIssuingShares"),
            ],
            Item::DebtIssued => &[
                Any(&[
                    "us-gaap:ProceedsFromIssuanceOfLongTermDebt",
                    "us-gaap:ProceedsFromIssuanceOfDebt",
                    "us-gaap:ProceedsFromDebtNetOfIssuanceCosts",
                    "us-gaap:ProceedsFromIssuanceOfSeniorLongTermDebt",
                    "us-gaap:ProceedsFromIssuanceOfUnsecuredDebt",
                    "us-gaap:ProceedsFromIssuanceOfSecuredDebt",
                    "us-gaap:ProceedsFromNotesPayable",
                    "us-gaap:ProceedsFromConvertibleNotesPayable",
                    "us-gaap:ProceedsFromLongTermLinesOfCredit",
                    "us-gaap:ProceedsFromLinesOfCredit",
                    "us-gaap:ProceedsFromRelatedPartyDebt",
                    "us-gaap:ProceedsFromIssuanceOfOtherLongTermDebt",
                    "us-gaap:ProceedsFromBorrowings",
                    "us-gaap:ProceedsFromIssuanceOfLongTermDebtAndCapitalSecuritiesNet",
                ]),
                Tag("ifrs-full:ProceedsFromBorrowingsClassifiedAsFinancingActivities"),
            ],
            Item::SharesOutstanding => &[
                Tag("us-gaap:CommonStockSharesOutstanding"),
                Tag("us-gaap:SharesOutstanding"),
                Tag("ifrs-full:NumberOfSharesOutstanding"),
            ],
            Item::SharesAverage => &[
                Tag("us-gaap:WeightedAverageNumberOfSharesOutstandingBasic"),
                Tag("us-gaap:WeightedAverageNumberOfShareOutstandingBasicAndDiluted"),
                Tag("us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding"),
                Tag("ifrs-full:WeightedAverageShares"),
                Tag("ifrs-full:AdjustedWeightedAverageShares"),
            ],
            Item::Liabilities | Item::Equity | Item::Revenue | Item::CostOfRevenue | Item::GrossProfit | Item::Ebit => {
                &[]
            }
        }
    }
}
