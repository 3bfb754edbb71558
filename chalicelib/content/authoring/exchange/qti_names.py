"""The names of QTI 3.0 that both directions use, and those of our own data inside a package.

From the public specifications of 1EdTech: QTI 3.0 (items), its profile of Content Packaging 1.2 (manifest), LOM (metadata).
"""

from __future__ import annotations

QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
METADATA = "http://www.imsglobal.org/xsd/imsqti_metadata_v3p0"
LOM = "http://ltsc.ieee.org/xsd/LOM"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OURS = "urn:palier:challenge:1"
"""Of the element that carries a challenge as we write it; other tools pass over it."""

SCHEMAS = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
MANIFEST = "imsmanifest.xml"
ITEM_TYPE = "imsqti_item_xmlv3p0"
FILE_TYPE = "webcontent"

RESPONSE, SCORE = "RESPONSE", "SCORE"
"""The variables that the standard templates of response processing know."""
LICENCE = "CC BY 4.0"
