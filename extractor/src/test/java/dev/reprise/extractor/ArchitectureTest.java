package dev.reprise.extractor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.reprise.extractor.decode.AudioDecoder;
import dev.reprise.extractor.decode.FFmpeg;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.pool.DecoderMain;

@AnalyzeClasses(
    packages = "dev.reprise.extractor",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule signalProcessingIsPureJava =
      classes()
          .that()
          .resideInAPackage("dev.reprise.extractor.mfcc")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", "dev.reprise.contract", "dev.reprise.extractor.mfcc");

  @ArchTest
  static final ArchRule onlyDecodeDependsOnFFmpeg =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.reprise.extractor.decode")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  /** Keeps FFmpeg out of the service's process. */
  @ArchTest
  static final ArchRule onlyDecoderProcessesDecode =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.reprise.extractor.decode", "dev.reprise.extractor.extraction")
          .and()
          .doNotHaveFullyQualifiedName(DecoderMain.class.getName())
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(AudioExtractor.class, AudioDecoder.class, FFmpeg.class);

  @ArchTest
  static final ArchRule extractionIsIndependentOfKafka =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.reprise.extractor.decode",
              "dev.reprise.extractor.extraction",
              "dev.reprise.extractor.pool")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "ai.onnxruntime..", "io.micrometer..");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.reprise.extractor.(*)..").should().beFreeOfCycles();
}
