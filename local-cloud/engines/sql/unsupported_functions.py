"""Athena's functions that this engine does not support, as opposed to names that Athena does not know either.

https://trino.io/docs/current/functions/list.html
"""

from __future__ import annotations

from .errors import AthenaError, Position, unsupported

_NAMES = """
    all_match any_match approx_most_frequent approx_set array_distinct array_except array_frequency array_histogram
    array_intersect array_max array_min array_position array_remove array_sort array_union arrays_overlap at_timezone
    bar beta_cdf bing_tile bit_count bitwise_and bitwise_and_agg bitwise_left_shift bitwise_not bitwise_or
    bitwise_or_agg bitwise_right_shift bitwise_right_shift_arithmetic bitwise_xor char2hexint checksum chr classify
    codepoint color combinations contains contains_sequence convex_hull_agg cosh cosine_distance cosine_similarity
    covar_pop covar_samp current_catalog current_groups current_schema current_timezone current_user date_format_iso e
    element_at empty_approx_set entropy evaluate_classifier_predictions features filter flatten format format_datetime
    format_number from_base from_base32 from_base64 from_base64url from_big_endian_32 from_big_endian_64
    from_geojson_geometry from_hex from_ieee754_32 from_ieee754_64 from_iso8601_timestamp_nanos from_unixtime_nanos
    geometric_mean geometry_from_text great_circle_distance hamming_distance hash_counts histogram hmac_md5 hmac_sha1
    hmac_sha256 hmac_sha512 human_readable_seconds index infinity intersection_cardinality inverse_beta_cdf
    inverse_normal_cdf is_finite is_infinite is_json_scalar jaccard_index json_array json_array_contains json_array_get
    json_array_length json_exists json_extract json_extract_scalar json_format json_object json_parse json_query
    json_size json_value kurtosis learn_classifier learn_libsvm_classifier learn_libsvm_regressor learn_regressor
    levenshtein_distance luhn_check make_set_digest map map_agg map_concat map_entries map_filter map_from_entries
    map_keys map_union map_values map_zip_with merge merge_set_digest multimap_agg multimap_from_entries murmur3 nan
    ngrams none_match normal_cdf normalize numeric_histogram objectid_timestamp parse_data_size parse_datetime
    parse_duration parse_presto_data_size qdigest_agg quantile_at_value reduce reduce_agg regexp_position regexp_split
    regr_intercept regr_slope regress render repeat rgb sha1 sha512 shuffle sinh skewness slice soundex
    spatial_partitioning split_to_map split_to_multimap spooky_hash_v2_32 spooky_hash_v2_64 st_area st_astext
    st_contains st_distance st_geometryfromtext st_intersects st_point st_x st_y starts_with tanh tdigest_agg
    timestamp_objectid timezone_hour timezone_minute to_base to_base32 to_base64 to_base64url to_big_endian_32
    to_big_endian_64 to_geometry to_ieee754_32 to_ieee754_64 to_iso8601 to_milliseconds to_spherical_geography transform
    transform_keys transform_values translate trim_array url_decode url_encode url_extract_fragment url_extract_host
    url_extract_parameter url_extract_path url_extract_port url_extract_protocol url_extract_query uuid
    value_at_quantile values_at_quantiles version width_bucket wilson_interval_lower wilson_interval_upper with_timezone
    word_stem xxhash64 zip zip_with
"""
UNSUPPORTED_FUNCTIONS = frozenset(_NAMES.split())


def unknown_function(name: str, at: Position) -> AthenaError:
    """The error for a function that this engine does not have."""
    if name in UNSUPPORTED_FUNCTIONS:
        return unsupported(f"the function {name}", at)
    return AthenaError("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", at)
