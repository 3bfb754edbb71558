import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.lang.reflect.Field;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** DynamoDB Local with its own options, but on 127.0.0.1 only: it has no option for that and listens everywhere. */
public final class OnLoopback {
    private OnLoopback() {}

    public static void main(String[] options) throws Exception {
        DynamoDBProxyServer made = ServerRunner.createServerFromCommandLineArgs(options);
        Field field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        for (Connector connector : ((Server) field.get(made)).getConnectors()) {
            ((ServerConnector) connector).setHost("127.0.0.1");
        }
        made.safeStart();
        made.join();
    }
}
