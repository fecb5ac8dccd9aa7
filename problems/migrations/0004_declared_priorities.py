"""Turns the fixed critical priorities of the first version into ones that the city declared."""

from django.db import migrations

FORWARD = """
INSERT INTO problems_criticalpriority (name, area, reason, starts_on)
SELECT declared.name, declared.area, declared.reason, coalesce(min(created_at)::date, current_date)
  FROM problems_problem
  JOIN (VALUES ('Public health', 'public_health', 'Illness that the city can prevent.'),
               ('Public safety', 'public_safety', 'Harm that the city can prevent.'))
    AS declared (name, area, reason)
    ON critical_area = declared.area OR critical_area = 'both'
 GROUP BY declared.name, declared.area, declared.reason;

-- Statements that were sent are frozen for people; this changes how they are kept, not what they say.
ALTER TABLE problems_problem DISABLE TRIGGER guard_statement;
UPDATE problems_problem SET critical_priority_id = declared.id
  FROM problems_criticalpriority AS declared
 WHERE declared.area = CASE critical_area WHEN 'both' THEN 'public_safety' ELSE critical_area END;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE problems_problem ENABLE TRIGGER guard_statement;
"""

REVERSE = """
ALTER TABLE problems_problem DISABLE TRIGGER guard_statement;
UPDATE problems_problem SET critical_area = coalesce(
    (SELECT area FROM problems_criticalpriority AS declared
      WHERE declared.id = critical_priority_id),
    CASE WHEN critical_reason = '' THEN '' ELSE 'other' END);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE problems_problem ENABLE TRIGGER guard_statement;
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0003_guided_writing")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
