import { formatRule } from '../../../../../local-cloud/services/glue/dqdl/format';
import { parseDqdl } from '../../../../../local-cloud/services/glue/dqdl/parser';
import { DqdlError, type LeafRule } from '../../../../../local-cloud/services/glue/dqdl/types';

function only(rule: string): LeafRule {
  const { rules } = parseDqdl(`Rules = [ ${rule} ]`);
  expect(rules).toHaveLength(1);
  return rules[0] as LeafRule;
}

describe('a rule is read and written back in its one form', () => {
  test.each([
    ['RowCount>10', 'RowCount > 10'],
    ['RowCount  between -1 and 2.5', 'RowCount between -1 and 2.5'],
    ['RowCount not between 1 and 2', 'RowCount not between 1 and 2'],
    ['RowCount = 2 * (3 + 4)', 'RowCount = 2 * (3 + 4)'],
    ['RowCount > avg(last(10)) * 0.9', 'RowCount > avg(last(10)) * 0.9'],
    ['IsComplete dep_time', 'IsComplete dep_time'],
    ['IsComplete "order-id"', 'IsComplete "order-id"'],
    [
      'ColumnValues "a" in [ "x" , NULL,EMPTY, whitespaces_only ]',
      'ColumnValues "a" in ["x",NULL,EMPTY,WHITESPACES_ONLY]',
    ],
    ['ColumnValues "a" not in [1, 2, null]', 'ColumnValues "a" not in [1,2,NULL]'],
    ['ColumnValues "a" != NULL', 'ColumnValues "a" != NULL'],
    ['ColumnValues "a" matches "[A-Z]{2}\\d"', 'ColumnValues "a" matches "[A-Z]{2}\\d"'],
    ['ColumnValues "a" not matches "x.*"', 'ColumnValues "a" not matches "x.*"'],
    ['ColumnValues "d" >= "2013-01-01"', 'ColumnValues "d" >= "2013-01-01"'],
    ['ColumnValues "d" > (now() - 3 days)', 'ColumnValues "d" > (now() - 3 days)'],
    ['ColumnValues "d" between "2013-01-01" and now()', 'ColumnValues "d" between "2013-01-01" and now()'],
    [
      'ColumnValues "a" in ["F"] where "kg < 10" with threshold > 0.9',
      'ColumnValues "a" in ["F"] where "kg < 10" with threshold > 0.9',
    ],
    [
      'ColumnDataType "a" = "Date" with format = "yyyy-MM-dd"',
      'ColumnDataType "a" = "Date" with format = "yyyy-MM-dd"',
    ],
    ['DataFreshness "d" <= 24 hours', 'DataFreshness "d" <= 24 hours'],
    ['Uniqueness "a" "b" > 0.9', 'Uniqueness "a" "b" > 0.9'],
    [
      'CustomSql "select count(*) from primary" between 10 and 20',
      'CustomSql "select count(*) from primary" between 10 and 20',
    ],
    ['CustomSql "select a from primary where b = \'x\'"', 'CustomSql "select a from primary where b = \'x\'"'],
    ['FileSize > 1 KB', 'FileSize > 1 KB'],
    ['IsComplete "a" labels = ["team"="ops"]', 'IsComplete "a" labels=["team"="ops"]'],
    ['(IsComplete "a") AND (IsUnique "a")', '(IsComplete "a") and (IsUnique "a")'],
    [
      '(RowCount > 0) or (IsComplete "a") and (IsUnique "b")',
      '(RowCount > 0) or ((IsComplete "a") and (IsUnique "b"))',
    ],
    [
      '(RowCount > 0) and (IsComplete "a") and (IsUnique "b")',
      '(RowCount > 0) and (IsComplete "a") and (IsUnique "b")',
    ],
    ['((RowCount > 0) or (RowCount < 9)) and (IsUnique "b")', '((RowCount > 0) or (RowCount < 9)) and (IsUnique "b")'],
  ])('%s', (text, written) => {
    const [rule] = parseDqdl(`Rules = [ ${text} ]`).rules;
    expect(rule && formatRule(rule)).toBe(written);
    // What is written can be read again, and says the same.
    const [again] = parseDqdl(`Rules = [ ${written} ]`).rules;
    expect(again).toEqual(rule);
  });
});

describe('a document', () => {
  test('has comments, several rules, and analyzers', () => {
    const { rules, analyzers } = parseDqdl(`
      # all of it
      Rules = [
        RowCount > 0, # not empty
        IsComplete "a#b"
      ]
      Analyzers = [ RowCount, AllStatistics "a", ColumnCorrelation "a" "b" ]`);
    expect(rules.map(formatRule)).toEqual(['RowCount > 0', 'IsComplete "a#b"']);
    expect(analyzers.map(({ type }) => type)).toEqual(['RowCount', 'AllStatistics', 'ColumnCorrelation']);
  });

  test('may have analyzers only, and Windows line ends', () => {
    expect(parseDqdl('Analyzers = [\r\n RowCount\r\n]').analyzers).toHaveLength(1);
  });

  test('has constants, which stand in parameters and conditions', () => {
    const { rules } = parseDqdl(`
      allowed = ["EWR", "JFK"]
      statement = "select count(*) from primary"
      Rules = [ ColumnValues "origin" in $allowed, CustomSql $statement > 3 ]`);
    expect(rules.map(formatRule)).toEqual([
      'ColumnValues "origin" in ["EWR","JFK"]',
      'CustomSql "select count(*) from primary" > 3',
    ]);
  });

  test('has sources, metadata and default labels', () => {
    const { rules } = parseDqdl(`
      Metadata = { "Version": "1.0" }
      DataSources = { "Primary": "flights", "AdditionalDataSources": [ "weather", "planes" ] }
      DefaultLabels = [ "team"="ops" ]
      Rules = [ RowCount > 0, RowCount > 1 labels = [ "team"="dev", "x"="y" ] ]`);
    expect(rules.map(({ labels }) => labels)).toEqual([{ team: 'ops' }, { team: 'dev', x: 'y' }]);
  });
});

describe('operands', () => {
  test('a quoted day is a date, other quoted text a string', () => {
    expect(only('ColumnValues "a" = "2013-01-01"').condition?.type).toBe('date');
    expect(only('ColumnValues "a" = "2013-01"').condition?.type).toBe('string');
  });

  test('NULL takes the type of its neighbours', () => {
    expect(only('ColumnValues "a" in [NULL, 1]').condition?.type).toBe('number');
    expect(only('ColumnValues "a" in [NULL, "x"]').condition).toMatchObject({
      type: 'string',
      operands: [
        { kind: 'keyword', value: 'NULL' },
        { kind: 'string', value: 'x' },
      ],
    });
    expect(only('ColumnValues "a" in [NULL, now()]').condition?.type).toBe('date');
  });

  test('escaped quotes are part of the text', () => {
    const { condition } = only('ColumnValues "a" = "say \\"hi\\""');
    expect(condition?.operands).toEqual([{ kind: 'string', value: 'say "hi"' }]);
  });
});

describe('refused, with the place or the reason', () => {
  test.each([
    ['', "expecting 'Rules' or 'Analyzers'"],
    ['Rules = [ ]', 'No rules or analyzers provided.'],
    ['Rules = [', 'line 1:9'],
    ['Rules = { RowCount > 0 }', "line 1:8 mismatched input '{' expecting '['"],
    ['Rules = [ RowCount > 0, ]', 'line 1:24'],
    ['Rules = [\n  RowCount >> 0\n]', "line 2:12 mismatched input '>' expecting a value"],
    ['Rules = [ RowCount > 0 ] more', 'line 1:25'],
    ['Rules = [ RowCout > 0 ]', 'Rule Type: RowCout is not valid'],
    ['Rules = [ isComplete "a" ]', 'Rule Type: isComplete is not valid'],
    ['Rules = [ IsComplete ]', 'Rule Type: IsComplete is not valid'],
    ['Rules = [ IsComplete "a" "b" ]', 'Rule Type: IsComplete is not valid'],
    ['Rules = [ IsComplete "a" and IsUnique "b" ]', 'Rule Type: IsComplete is not valid'],
    ['Rules = [ IsComplete "a" > 0.5 ]', 'Unexpected condition for rule of type IsComplete with boolean return type'],
    ['Rules = [ Completeness "a" ]', 'Unexpected condition for rule of type Completeness with number return type'],
    ['Rules = [ RowCount > "x" ]', "cannot be compared with '>'"],
    ['Rules = [ RowCount = "x" ]', 'Unexpected condition for rule of type RowCount with number return type'],
    ['Rules = [ ColumnValues "a" in [1,"2"] ]', 'operands of one type'],
    ['Rules = [ ColumnValues "a" matches ]', 'line 1:35'],
    ['Rules = [ ColumnValues "a" > now() + 1 hours ]', 'line 1:35'],
    ['Rules = [ ColumnValues "a" = (now() - 3 weeks) ]', "'days', 'hours' or 'minutes'"],
    [
      'Rules = [ Completeness "a" > 0.4 with threshold > 0.4 ]',
      'Threshold condition not supported for rule type: Completeness',
    ],
    ['Rules = [ ColumnValues "a" > 1 with threshold > 0.4 with threshold > 0.5 ]', 'Only one threshold condition'],
    ['Rules = [ ColumnCount > 1 where "a > 1" ]', 'Where clause is not supported for rule type: ColumnCount'],
    ['Rules = [ IsComplete "a" where "" ]', 'Empty where condition'],
    ['Rules = [ DataFreshness "a" <= 3 ]', 'Unexpected condition for rule of type DataFreshness'],
    ['Rules = [ AllStatistics "a" > 0 ]', 'Analyzer Type: AllStatistics is not supported in rules section'],
    ['Rules = [ RowCount > 0 ] Analyzers = [ IsComplete "a" ]', 'Analyzer Type: IsComplete is not supported'],
    ['Rules = [ RowCount > 0 ] Analyzers = [ Completeness "a" > 1 ]', 'line 1:56'],
    ['Rules = [ (RowCount > 0) and IsComplete ]', 'Rule Type: IsComplete is not valid'],
    ['Rules = [ (RowCount > 0 ]', "expecting ')'"],
    ['Rules = [ ColumnValues "a" in $none ]', 'Variable not found: none'],
    ['a = "x" a = "y" Rules = [ RowCount > 0 ]', "Variable 'a' is already defined"],
    ['Metadata = { "Author": "x" } Rules = [ RowCount > 0 ]', 'Unsupported key provided in Metadata section'],
    ['Rules = [ RowCount > 0; ]', "token recognition error at: ';'"],
    ['Rules = [ IsComplete "a ]', "token recognition error at: '\"'"],
  ])('%s', (text, message) => {
    expect(() => parseDqdl(text)).toThrow(DqdlError);
    expect(() => parseDqdl(text)).toThrow(message);
    expect(() => parseDqdl(text)).toThrow(/^Parsing Error: /);
  });
});
