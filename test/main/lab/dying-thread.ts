/** The lab's thread, which ends or fails as it is ordered to. */
import '../../../main/lab/thread/lab-thread.ts';
import './thread-orders.ts';
