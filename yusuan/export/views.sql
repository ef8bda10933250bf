-- Views of an exported dataset. {table} columns: see docs/output.md. One statement per view; the
-- comment block before it becomes the view's COMMENT.

-- Every amount of the fact tables in one long table, with the document and the body it comes from
-- (publisher and year: of the table, else of the document). measure: of expenditure with the
-- flow in front where that is another; is_leaf: no other row breaks it down or repeats it.
CREATE OR REPLACE VIEW figures AS
WITH long AS (
    SELECT 'summary' AS source_table, doc_id, table_id, row_id, fund_scope,
           label_norm AS label, func_code AS code,
           side || '.' || measure AS measure,
           NULL::VARCHAR AS row_type, NULL::BOOLEAN AS is_leaf, NULL::VARCHAR AS budget_unit_name,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM summary
    UNION ALL
    SELECT 'revenue', doc_id, table_id, row_id, NULL,
           func_name, func_code,
           period || '.' || revenue_source,
           row_type, is_leaf, budget_unit_name,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM revenue
    UNION ALL
    SELECT 'expenditure', doc_id, table_id, row_id, fund_scope,
           func_name, func_code,
           CASE flow WHEN 'expenditure' THEN measure ELSE flow || '.' || measure END,
           row_type, is_leaf, budget_unit_name,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM expenditure
    UNION ALL
    SELECT 'basic_expenditure', doc_id, table_id, row_id, fund_scope,
           dept_econ_name, dept_econ_code,
           measure,
           row_type, is_leaf, budget_unit_name,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM basic_expenditure
    UNION ALL
    SELECT 'three_public', doc_id, table_id, row_id, fund_scope,
           item, NULL,
           version,
           NULL, NULL, budget_unit_name,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM three_public
    UNION ALL
    SELECT 'procurement', doc_id, table_id, row_id, NULL,
           category_name, category_code,
           'total',
           row_type, row_type = 'detail', NULL,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM procurement
    UNION ALL
    SELECT 'purchased_services', doc_id, table_id, row_id, NULL,
           concat_ws(' / ', catalog_l1, catalog_l2, catalog_l3), NULL,
           'total',
           row_type, row_type = 'detail', NULL,
           amount_yuan, amount_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM purchased_services
    UNION ALL
    SELECT 'projects', doc_id, table_id, row_id, NULL, project_name, project_code, 'total',
           NULL, repeated_project_id IS NULL, budget_unit_name,
           total_yuan, total_text, published_unit, page_no, value_status, proof, check_ids, cell_id
    FROM projects
)
SELECT coalesce(tables.publisher, documents.publisher) AS publisher, tables.fiscal_year,
       documents.doc_kind, documents.province, documents.city, documents.district,
       documents.file_name, long.*
FROM long JOIN documents USING (doc_id) JOIN tables USING (table_id);

-- 金额明细 beside the figure that each is a part of: sum the one or the other, never both.
CREATE OR REPLACE VIEW details AS
SELECT coalesce(tables.publisher, documents.publisher) AS publisher, tables.fiscal_year,
       documents.file_name, tables.family, tables.title_text, d.*,
       figures.label AS of_label, figures.code AS of_code, figures.measure AS of_measure,
       figures.amount_yuan AS of_amount_yuan
FROM amount_details AS d
JOIN documents USING (doc_id)
JOIN tables USING (table_id)
LEFT JOIN figures ON figures.row_id = d.of_row_id AND figures.source_table = d.of_table
                 AND d.of_column IN ('amount_yuan', 'total_yuan');

-- 支出 wide: one row per printed row; 合计, 基本支出, 项目支出 and the rest side by side, in yuan.
CREATE OR REPLACE VIEW expenditure_wide AS
SELECT coalesce(tables.publisher, documents.publisher) AS publisher, tables.fiscal_year,
       e.doc_id, e.table_id,
       regexp_replace(e.row_id, ':[^:]*$', '') AS printed_row,
       e.fund_scope, e.flow,
       any_value(e.row_type) AS row_type, bool_and(e.is_leaf) AS is_leaf,
       any_value(e.func_code) AS func_code, any_value(e.func_name) AS func_name,
       any_value(e.gov_econ_code) AS gov_econ_code, any_value(e.dept_econ_code) AS dept_econ_code,
       any_value(e.budget_unit_name) AS budget_unit_name,
       any_value(e.amount_yuan) FILTER (e.measure = 'total') AS total_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'basic') AS basic_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'basic_personnel') AS basic_personnel_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'basic_public') AS basic_public_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'project') AS project_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'operating') AS operating_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'to_superior') AS to_superior_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'to_affiliate') AS to_affiliate_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'reserve') AS reserve_yuan,
       bool_and(e.proof IN ('proved', 'proved_multi')) AS all_proved,
       min(e.page_no) AS page_no
FROM expenditure AS e JOIN documents USING (doc_id) JOIN tables USING (table_id)
GROUP BY tables.publisher, documents.publisher, tables.fiscal_year, e.doc_id, e.table_id,
         printed_row, e.flow, e.fund_scope;

-- 基本支出 wide: one row per printed row, 合计, 人员经费 and 公用经费 side by side, in yuan.
CREATE OR REPLACE VIEW basic_expenditure_wide AS
SELECT coalesce(tables.publisher, documents.publisher) AS publisher, tables.fiscal_year,
       e.doc_id, e.table_id,
       regexp_replace(e.row_id, ':[^:]*$', '') AS printed_row,
       e.fund_scope,
       any_value(e.row_type) AS row_type, bool_and(e.is_leaf) AS is_leaf,
       e.dept_econ_code,
       any_value(e.dept_econ_name) AS dept_econ_name,
       any_value(e.gov_econ_code) AS gov_econ_code,
       any_value(e.budget_unit_name) AS budget_unit_name,
       any_value(e.amount_yuan) FILTER (e.measure = 'total') AS total_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'personnel') AS personnel_yuan,
       any_value(e.amount_yuan) FILTER (e.measure = 'public') AS public_yuan,
       bool_and(e.proof IN ('proved', 'proved_multi')) AS all_proved,
       min(e.page_no) AS page_no
FROM basic_expenditure AS e JOIN documents USING (doc_id) JOIN tables USING (table_id)
GROUP BY tables.publisher, documents.publisher, tables.fiscal_year, e.doc_id, e.table_id,
         printed_row, e.dept_econ_code, e.fund_scope;

-- 项目 wide: one row per project, with its indicators as a list. Sum up those alone whose
-- repeated_project_id is null.
CREATE OR REPLACE VIEW projects_wide AS
SELECT coalesce(tables.publisher, documents.publisher) AS publisher, tables.fiscal_year,
       p.doc_id, p.table_id, p.project_id, p.repeated_project_id, p.project_code, p.project_name,
       p.budget_unit_name, p.total_yuan, p.fiscal_yuan, p.other_yuan, p.goal_text, p.page_no, p.proof,
       count(i.row_id) AS n_indicators,
       list({level1: i.level1, level2: i.level2, level3: i.level3, nature: i.nature,
             value: i.value_text, unit: i.measure_unit, owner: i.owner_status} ORDER BY i.seq)
           FILTER (i.row_id IS NOT NULL) AS indicators
FROM projects AS p JOIN documents USING (doc_id) JOIN tables USING (table_id)
LEFT JOIN project_indicators AS i USING (doc_id, project_id)
GROUP BY ALL;

-- Hard and soft identities that fail, the largest difference first.
CREATE OR REPLACE VIEW failed_checks AS
SELECT documents.publisher, documents.fiscal_year, documents.file_name, checks.*
FROM checks JOIN documents USING (doc_id)
WHERE checks.status = 'failed'
ORDER BY abs(checks.diff_yuan) DESC, checks.check_id;

-- A figure's place: document, page and box in points from the top left of the page as displayed.
CREATE OR REPLACE VIEW places AS
SELECT documents.source, documents.file_name, cells.doc_id, cells.cell_id, cells.page_no,
       cells.x0, cells.top, cells.x1, cells.bottom, cells.text
FROM cells JOIN documents USING (doc_id);

-- Amounts per document and proof status.
CREATE OR REPLACE VIEW proof_share AS
SELECT documents.publisher, documents.fiscal_year, documents.file_name, doc_id,
       count(*) FILTER (amount_yuan IS NOT NULL AND amount_yuan <> 0) AS n_nonzero,
       count(*) FILTER (amount_yuan <> 0 AND proof IN ('proved', 'proved_multi')) AS n_proved,
       count(*) FILTER (amount_yuan <> 0 AND proof = 'single') AS n_single,
       count(*) FILTER (amount_yuan <> 0 AND proof IN ('suspect', 'source_inconsistent'))
           AS n_contradicted
FROM figures JOIN documents USING (doc_id)
GROUP BY ALL
ORDER BY documents.publisher, documents.fiscal_year, documents.file_name, doc_id;
