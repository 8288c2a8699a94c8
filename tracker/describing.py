"""What the description of the API says of the whole: title, problems, names of lists of choices."""

from __future__ import annotations

from typing import Any

DESCRIPTION: dict[str, Any] = {
    "TITLE": "Agreements register API",
    "DESCRIPTION": "Agreements with partners, the commitments in them, countries and organisations. "
    "Every answer holds what the key's owner may see, and no more.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,  # what is sent has other fields than what is answered
    "SWAGGER_UI_DIST": "SIDECAR",
    # A link to each part would stand inside the button that opens it, out of the keyboard's reach.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "APPEND_COMPONENTS": {
        "schemas": {
            "Problem": {
                "type": "object",
                "description": "Why it was refused (RFC 9457), in the reader's language.",
                "required": ["type", "title", "status", "detail", "code"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string", "description": "the reason, for a person"},
                    "code": {"type": "string", "description": "the reason, for a program"},
                    "errors": {
                        "type": "array",
                        "description": "what is wrong with single fields or parameters",
                        "items": {
                            "type": "object",
                            "required": ["field", "detail", "code"],
                            "properties": {
                                "field": {"type": "string", "example": "participants.0.organisation"},
                                "detail": {"type": "string"},
                                "code": {"type": "string"},
                            },
                        },
                    },
                    "similar": {
                        "type": "array",
                        "description": "addresses of records that a new one resembles",
                        "items": {"type": "string", "format": "uri"},
                    },
                },
            }
        }
    },
    "ENUM_NAME_OVERRIDES": {
        "StageEnum": "agreements.vocabulary.Stage",
        "DeliveryEnum": "agreements.vocabulary.Delivery",
        "HealthEnum": "agreements.vocabulary.Health",
        "ConsentEnum": "agreements.register.models.participant.Consent",
        "AgreementKindEnum": "agreements.vocabulary.Kind",
        "CommitmentKindEnum": "agreements.vocabulary.CommitmentKind",
        "OrganisationKindEnum": "partners.models.organisations.OrganisationKind",
        "DocumentKindEnum": "agreements.vocabulary.DocumentKind",
        "FundingKindEnum": "agreements.commitments.models.funding.FundingKind",
        "RequestKindEnum": "agreements.vocabulary.RequestKind",
        "WaitEnum": "agreements.vocabulary.Wait",
        "TurnEnum": "agreements.register.rules.lifecycle.Turn",
        "ReportedDeliveryEnum": "agreements.vocabulary.SET_BY_HAND",
        "MilestoneStatusEnum": "agreements.vocabulary.MilestoneStatus",
        "ReportStatusEnum": "agreements.vocabulary.ReportStatus",
        "RequestStateEnum": "agreements.vocabulary.RequestState",
        "AnswerStateEnum": "agreements.vocabulary.AnswerState",
        "PaperStateEnum": "agreements.vocabulary.PaperState",
        "AmendmentKindEnum": "agreements.register.models.amendment.AmendmentKind",
        "AudienceEnum": "agreements.vocabulary.Audience",
        "ViewAudienceEnum": "agreements.vocabulary.ViewAudience",
        "SideEnum": "agreements.commitments.models.commitment.Side",
        "BlockedByEnum": "agreements.vocabulary.BlockedBy",
        "RecordListEnum": "agreements.vocabulary.RecordList",
        "FundingQualifierEnum": "agreements.commitments.models.funding.FundingQualifier",
        "FigureQualifierEnum": "partners.models.countries.FigureQualifier",
    },
}
