-- Runs once, as the superuser, when the data volume is empty. Passwords come from the container's environment.
-- They must not reach the log either, whatever an environment logs.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

\getenv app_password DISNEY_APP_PASSWORD
\getenv exporter_password POSTGRES_EXPORTER_PASSWORD

CREATE ROLE disney_app LOGIN PASSWORD :'app_password';
-- As the database's owner the application may create its schemas and tables, and nothing outside it.
ALTER DATABASE :"DBNAME" OWNER TO disney_app;
REVOKE CONNECT, TEMPORARY ON DATABASE :"DBNAME" FROM PUBLIC;

CREATE ROLE postgres_exporter LOGIN CONNECTION LIMIT 5 PASSWORD :'exporter_password';
GRANT CONNECT ON DATABASE :"DBNAME" TO postgres_exporter;
GRANT pg_monitor TO postgres_exporter;
