"""profiles.json: each profile is an encoder that there is with hyper-parameters that a fit takes."""

import pytest

from retort_scorer.check_config import run_check_config
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import ConfigError
from retort_scorer.fit_config import FitConfig, parse_config
from retort_scorer.profiles import DEFAULT_PROFILE, read_profile, read_profiles


@pytest.mark.parametrize("name", sorted(read_profiles()))
def test_a_profile_has_an_encoder_with_revisions_and_a_config_that_parses(name: str) -> None:
    profile = read_profile(name)
    assert describe_encoder(profile.encoder).revisions.name
    assert parse_config(profile.config).members


def test_the_default_profile_is_the_embedded_encoder_with_the_defaults_of_a_fit() -> None:
    profile = read_profile(DEFAULT_PROFILE)
    assert (profile.encoder, parse_config(profile.config)) == ("embedded", FitConfig())


def test_best_reads_images_by_other_networks_than_fast() -> None:
    image, best = (describe_encoder(read_profile(name).encoder).revisions for name in ("fast", "best"))
    assert best.image != image.image and best.text == image.text


def test_an_unknown_profile_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="choose one of fast, best"):
        read_profile("better")


def test_check_config_gives_every_member_or_says_what_is_wrong() -> None:
    found = run_check_config({"config": {"num_seeds": 2}}, lambda event, **fields: None, lambda: False)
    assert found["config"] == {**FitConfig().to_json(), "num_seeds": 2}
    with pytest.raises(ConfigError, match="unknown member 'depth'") as raised:
        run_check_config({"config": {"depth": 2}}, lambda event, **fields: None, lambda: False)
    assert raised.value.code == "usage"
